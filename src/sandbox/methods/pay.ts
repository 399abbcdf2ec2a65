import { z } from 'zod';
import { isFresh } from '../auth-codes.ts';
import type { Entry } from '../entries.ts';
import { payOutcome } from '../outcomes.ts';
import { record, type Sandbox } from '../sandbox.ts';
import { inProgress, refuse, succeed } from '../sub-codes.ts';
import type { Trade } from '../trade.ts';
import { moveTrade, tradeNow } from '../trade-moves.ts';
import type { Answer } from '../wire/answer.ts';
import { readFields, text } from './fields.ts';
import type { Call, Method } from './method.ts';
import { orderFields, termsOf } from './order-fields.ts';
import { refusedCancelled, refusedSale, tradeOfSale } from './sale.ts';
import { paidTradeFields, waitingTradeFields } from './trade-fields.ts';

const payFields = orderFields.and(
  z.object({ auth_code: text(64), scene: z.enum(['bar_code', 'security_code', 'wave_code']).default('bar_code') }),
);
type PayFields = z.infer<typeof payFields>;

/**
 * alipay.trade.pay: takes the money of the buyer whose payment code the till scanned. Makes the trade at once.
 * The same number with the same sale may come again: with the same code while the buyer is asked, with a fresh one
 * after a failure.
 */
export const pay: Method = (sandbox, call) => {
  const read = readFields(payFields, call.biz);
  if (read.kind === 'refused') return read.answer;
  const { fields } = read;
  const refused = refusedSale(sandbox, fields) ?? refusedCancelled(sandbox, fields);
  if (refused !== null) return refused;
  const asked = askedBefore(sandbox, fields);
  if (asked !== null) return inProgress(waitingTradeFields(sandbox, asked));
  const authCode = sandbox.books.authCodes.get(fields.auth_code);
  if (authCode === undefined || !isFresh(authCode, sandbox.clock.now())) return refuse('ACQ.PAYMENT_AUTH_CODE_INVALID');
  return collect(sandbox, fields, call);
};

/** The unpaid trade this very code was used for. */
function askedBefore(sandbox: Sandbox, fields: PayFields): Trade | null {
  const trade = tradeNow(sandbox, fields.out_trade_no);
  const usedFor = sandbox.books.authCodes.get(fields.auth_code)?.usedFor;
  return trade?.status === 'WAIT_BUYER_PAY' && usedFor === trade.outTradeNo ? trade : null;
}

function collect(sandbox: Sandbox, fields: PayFields, call: Call): Answer {
  const used: Entry = { kind: 'auth_code_used', code: fields.auth_code, outTradeNo: fields.out_trade_no };
  const waiting = () => tradeOfSale(sandbox, fields, { call, by: 'pay', more: [used] });
  const paid = () => paidNow(sandbox, waiting());
  const outcome = payOutcome(termsOf(fields).totalFen);
  switch (outcome.kind) {
    case 'paid':
      return succeed(paidTradeFields(sandbox, paid(), call.biz));
    case 'password':
      return inProgress(waitingTradeFields(sandbox, waiting()));
    case 'unknown_paid':
      paid();
      return refuse('aop.ACQ.SYSTEM_ERROR');
    case 'unknown_waiting':
      waiting();
      return refuse('aop.ACQ.SYSTEM_ERROR');
    case 'unknown_nothing':
      return refuse('aop.ACQ.SYSTEM_ERROR');
    case 'failed':
      record(sandbox, [used]);
      return refuse(outcome.subCode);
    case 'nothing':
      return refuse(outcome.subCode);
  }
}

function paidNow(sandbox: Sandbox, trade: Trade): Trade {
  return moveTrade(sandbox, trade, { fact: 'paid' }) ?? trade;
}
