import { z } from 'zod';
import { formatChinaTime } from '../china-time.ts';
import { formatYuan, parseYuan } from '../money.ts';
import { refundOutcome } from '../outcomes.ts';
import { record, type Sandbox } from '../sandbox.ts';
import { refuse, type SubCode, succeed } from '../sub-codes.ts';
import { type Refund, refundedFen, refundOf, type Trade } from '../trade.ts';
import { moveTrade, refundableFen } from '../trade-moves.ts';
import { BUYER_LOGON_ID } from '../trade-notices.ts';
import type { Answer } from '../wire/answer.ts';
import { readFields, text } from './fields.ts';
import { findTrade, tradeReference } from './find-trade.ts';
import type { Call, Method } from './method.ts';
import { amount } from './order-fields.ts';
import { whyRefused } from './refused-refund.ts';
import { isAsked } from './trade-fields.ts';

const refundFields = tradeReference.and(
  z.object({
    refund_amount: amount.pipe(z.string().refine((yuan) => (parseYuan(yuan) ?? 0) > 0, '必须大于0')),
    out_request_no: text(64).optional(),
    refund_reason: text(256).optional(),
  }),
);
const NOTHING_GIVEN = { refund_fee: '0.00', send_back_fee: '0.00' };

/**
 * alipay.trade.refund: gives money back, once for each out_request_no (the out_trade_no when there is none). The same
 * number with the same amount is the same refund: fund_change N.
 */
export const refund: Method = (sandbox, call) => {
  const read = readFields(refundFields, call.biz);
  if (read.kind === 'refused') return { ...read.answer, ...NOTHING_GIVEN };
  const { fields } = read;
  const trade = findTrade(sandbox, fields);
  if (trade === null) return failed('ACQ.TRADE_NOT_EXIST', fields.out_trade_no);
  const fen = parseYuan(fields.refund_amount) ?? 0;
  const outRequestNo = fields.out_request_no ?? trade.outTradeNo;
  const same = refundOf(trade, outRequestNo);
  if (same !== undefined)
    return same.fen === fen ? given(sandbox, trade, { call, refund: same, change: 'N' }) : discordant(trade);
  const refused = whyRefused(sandbox, trade, { fen, isNumbered: fields.out_request_no !== undefined });
  if (refused !== null) return failed(refused, trade.outTradeNo);
  const atMs = sandbox.clock.now();
  return giveBack(sandbox, trade, { call, refund: { outRequestNo, fen, atMs, reason: fields.refund_reason } });
};

function failed(subCode: SubCode, outTradeNo: string | undefined): Answer {
  return { ...refuse(subCode), ...(outTradeNo === undefined ? {} : { out_trade_no: outTradeNo }), ...NOTHING_GIVEN };
}

function discordant(trade: Trade): Answer {
  return failed('ACQ.DISCORDANT_REPEAT_REQUEST', trade.outTradeNo);
}

type Wanted = { readonly call: Call; readonly refund: Refund };

function giveBack(sandbox: Sandbox, trade: Trade, { call, refund }: Wanted): Answer {
  const act = (one = refund) => given(sandbox, refunded(sandbox, trade, one), { call, refund: one, change: 'Y' });
  const outcome = refundOutcome(refund.fen);
  switch (outcome.kind) {
    case 'done':
      return act();
    case 'from_purse':
      if (sandbox.books.purseFen < refund.fen) return failed('ACQ.SELLER_BALANCE_NOT_ENOUGH', trade.outTradeNo);
      return act({ ...refund, fromPurse: true });
    case 'unknown_done':
      act();
      return refuse('aop.ACQ.SYSTEM_ERROR');
    case 'unknown_once':
      return isMissed(sandbox, trade, refund) ? refuse('aop.ACQ.SYSTEM_ERROR') : act();
    case 'unknown_never':
      return refuse('aop.ACQ.SYSTEM_ERROR');
    case 'not_at_once':
      return isMissed(sandbox, trade, refund) ? failed(outcome.subCode, trade.outTradeNo) : act();
    case 'failed':
      return failed(outcome.subCode, trade.outTradeNo);
  }
}

function refunded(sandbox: Sandbox, trade: Trade, refund: Refund): Trade {
  const fact = refund.fen === refundableFen(trade) ? 'fullyRefunded' : 'partlyRefunded';
  return moveTrade(sandbox, trade, { fact, refund }) ?? trade;
}

// The first call is written down, so that a repeat does what this one did not, after a restart too.
function isMissed(sandbox: Sandbox, { tradeNo }: Trade, { outRequestNo }: Refund): boolean {
  if (sandbox.books.missedRefunds.has(`${tradeNo}/${outRequestNo}`)) return false;
  record(sandbox, [{ kind: 'refund_missed', tradeNo, outRequestNo }]);
  return true;
}

type Given = Wanted & { readonly change: 'Y' | 'N' };

// refund_fee is everything given back so far; send_back_fee is this refund.
function given({ app }: Sandbox, trade: Trade, { call, refund, change }: Given): Answer {
  const fee = formatYuan(refund.fen);
  return succeed({
    buyer_logon_id: BUYER_LOGON_ID,
    buyer_user_id: app.buyerId,
    fund_change: change,
    gmt_refund_pay: formatChinaTime(refund.atMs),
    out_trade_no: trade.outTradeNo,
    refund_fee: formatYuan(refundedFen(trade)),
    ...(isAsked(call.biz, 'refund_detail_item_list')
      ? { refund_detail_item_list: [{ amount: fee, fund_channel: 'ALIPAYACCOUNT' }] }
      : {}),
    send_back_fee: fee,
    trade_no: trade.tradeNo,
  });
}
