import type { ActOutcome } from './buyer.ts';
import { digits } from './ids.ts';
import { formatYuan } from './money.ts';
import { record, type Sandbox } from './sandbox.ts';
import { refundOf } from './trade.ts';
import { moveTrade, refundableFen, tradeNow } from './trade-moves.ts';

// What time does, and what the seller's people do by hand on Alipay's own site.

export type SiteOutcome =
  | ActOutcome
  | { readonly kind: 'not_scanned'; readonly outTradeNo: string; readonly totalFen: number }
  | { readonly kind: 'refund_refused'; readonly why: string };

/** Ends an unpaid trade as its timeout would. A number nobody scanned has no trade: its codes end. */
export function endByTime(sandbox: Sandbox, outTradeNo: string, notify?: boolean): SiteOutcome {
  const trade = tradeNow(sandbox, outTradeNo);
  const order = sandbox.books.orders.get(outTradeNo);
  if (order === undefined) return { kind: 'unknown_order' };
  if (trade === null) {
    record(sandbox, [{ kind: 'codes_revoked', outTradeNo }]);
    return { kind: 'not_scanned', outTradeNo, totalFen: order.terms.totalFen };
  }
  if (trade.status === 'TRADE_CLOSED') return { kind: 'done', trade };
  const closed = moveTrade(sandbox, trade, { fact: 'timedOut', notify });
  return closed === null ? { kind: 'not_possible', trade } : { kind: 'done', trade: closed };
}

/** The refund window of a paid trade ends: TRADE_FINISHED. */
export function finish(sandbox: Sandbox, outTradeNo: string, notify?: boolean): SiteOutcome {
  const trade = tradeNow(sandbox, outTradeNo);
  if (trade === null) return { kind: 'unknown_order' };
  if (trade.status === 'TRADE_FINISHED') return { kind: 'done', trade };
  const finished = moveTrade(sandbox, trade, { fact: 'refundWindowOver', notify });
  return finished === null ? { kind: 'not_possible', trade } : { kind: 'done', trade: finished };
}

export type RefundWanted = {
  readonly outTradeNo: string;
  readonly fen: number;
  readonly outRequestNo: string | undefined;
  readonly notify: boolean;
};

/** Gives money back by hand. The same outRequestNo with the same amount is the same refund. */
export function refundBySeller(sandbox: Sandbox, wanted: RefundWanted): SiteOutcome {
  const trade = tradeNow(sandbox, wanted.outTradeNo);
  if (trade === null) return { kind: 'unknown_order' };
  const same = wanted.outRequestNo === undefined ? undefined : refundOf(trade, wanted.outRequestNo);
  if (same !== undefined)
    return same.fen === wanted.fen
      ? { kind: 'done', trade }
      : { kind: 'refund_refused', why: `outRequestNo was used for ${formatYuan(same.fen)} yuan` };
  if (trade.status !== 'TRADE_SUCCESS') return { kind: 'not_possible', trade };
  const leftFen = refundableFen(trade);
  if (wanted.fen > leftFen)
    return { kind: 'refund_refused', why: `only ${formatYuan(leftFen)} yuan can still be given back` };
  const outRequestNo = wanted.outRequestNo ?? `site${digits(16)}`;
  const refund = { outRequestNo, fen: wanted.fen, atMs: sandbox.clock.now() };
  const fact = wanted.fen === leftFen ? 'fullyRefunded' : 'partlyRefunded';
  const moved = moveTrade(sandbox, trade, { fact, refund, notify: wanted.notify });
  return moved === null ? { kind: 'not_possible', trade } : { kind: 'done', trade: moved };
}
