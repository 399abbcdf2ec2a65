import type { Entry } from '../entries.ts';
import { record, type Sandbox } from '../sandbox.ts';
import { refuse, succeed } from '../sub-codes.ts';
import type { Trade } from '../trade.ts';
import { moveTrade } from '../trade-moves.ts';
import type { Answer } from '../wire/answer.ts';
import { readFields } from './fields.ts';
import { findTrade, type TradeReference, tradeReference } from './find-trade.ts';
import type { Method } from './method.ts';
import { refusedWhenFull } from './sale.ts';

const CANCEL_WINDOW_MS = 24 * 3_600_000;

/** alipay.trade.cancel: ends whatever there is; an unpaid trade closes, a paid one is refunded. */
export const cancel: Method = (sandbox, call) => {
  const read = readFields(tradeReference, call.biz);
  if (read.kind === 'refused') return read.answer;
  const trade = findTrade(sandbox, read.fields);
  return trade === null ? cancelNothing(sandbox, read.fields) : cancelTrade(sandbox, trade);
};

// Alipay answers success without an action when no trade exists. Whether that kills an unscanned code is not
// written anywhere; here it does unless the settings say otherwise. A pay call that comes later is refused.
function cancelNothing(sandbox: Sandbox, { out_trade_no }: TradeReference): Answer {
  if (out_trade_no === undefined) return succeed({ retry_flag: 'N' });
  const { books, settings } = sandbox;
  const codes = books.orders.get(out_trade_no)?.codes ?? [];
  if (codes.length === 0 || settings.cancelKillsUnscanned) {
    const full = books.cancelled.has(out_trade_no) ? null : refusedWhenFull(sandbox);
    if (full !== null) return full;
    record(sandbox, cancelEntries(sandbox, out_trade_no));
  }
  return succeed({ out_trade_no, retry_flag: 'N' });
}

function cancelEntries({ books }: Sandbox, outTradeNo: string): Entry[] {
  const isLive = books.orders.get(outTradeNo)?.codes.some((code) => !code.revoked) ?? false;
  return [
    ...(books.cancelled.has(outTradeNo) ? [] : [{ kind: 'number_cancelled', outTradeNo } as const]),
    ...(isLive ? [{ kind: 'codes_revoked', outTradeNo } as const] : []),
  ];
}

function cancelTrade(sandbox: Sandbox, trade: Trade): Answer {
  switch (trade.status) {
    case 'TRADE_FINISHED':
      return refuse('ACQ.TRADE_HAS_FINISHED');
    case 'TRADE_CLOSED':
      if (trade.lastFact === 'fullyRefunded') return refuse('ACQ.REASON_TRADE_REFUND_FEE_ERR');
      return done(trade);
    case 'TRADE_SUCCESS':
      if (trade.refunds.length > 0) return refuse('ACQ.REASON_TRADE_REFUND_FEE_ERR');
      return inTime(sandbox, trade) ? done(refundAll(sandbox, trade)) : refuse('ACQ.TRADE_CANCEL_TIME_OUT');
    case 'WAIT_BUYER_PAY':
      if (!inTime(sandbox, trade)) return refuse('ACQ.TRADE_CANCEL_TIME_OUT');
      return done(moveTrade(sandbox, trade, { fact: 'cancelledUnpaid' }) ?? trade);
  }
}

function inTime(sandbox: Sandbox, trade: Trade): boolean {
  return sandbox.clock.now() - trade.createdAtMs <= CANCEL_WINDOW_MS;
}

function refundAll(sandbox: Sandbox, trade: Trade): Trade {
  const refund = { outRequestNo: trade.outTradeNo, fen: trade.totalFen, atMs: sandbox.clock.now() };
  return moveTrade(sandbox, trade, { fact: 'cancelledPaid', refund }) ?? trade;
}

// A repeated cancel tells what the first one did.
function done(trade: Trade): Answer {
  const action = trade.paidAtMs === null ? 'close' : 'refund';
  return succeed({ out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo, retry_flag: 'N', action });
}
