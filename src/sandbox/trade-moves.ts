import { record, type Sandbox } from './sandbox.ts';
import { movedTrade, type Refund, refundedFen, statusAfter, type Trade, type TradeFact } from './trade.ts';
import { noticesOwed } from './trade-notices.ts';

/** Money can be given back for 12 months; then the trade is TRADE_FINISHED. */
export const REFUND_WINDOW_MS = 365 * 24 * 3_600_000;

export type Move = {
  readonly fact: TradeFact;
  readonly refund?: Refund;
  readonly notify?: boolean | undefined;
  readonly notifyUrl?: string | null;
};

/** Moves a trade and writes the notice that is owed with it, in one line; null when the fact cannot happen to it. */
export function moveTrade(sandbox: Sandbox, trade: Trade, move: Move): Trade | null {
  const status = statusAfter(trade.status, move.fact);
  if (status === null) return null;
  const step = { fact: move.fact, status, atMs: sandbox.clock.now(), refund: move.refund ?? null };
  const moved = movedTrade(trade, step);
  record(sandbox, [
    { kind: 'trade_moved', outTradeNo: trade.outTradeNo, ...step },
    ...noticesOwed(sandbox, { trade: moved, fact: move.fact, notify: move.notify, notifyUrl: move.notifyUrl }),
  ]);
  return moved;
}

/** The trade of a number as it is now: what time did to it is done before anybody sees it. */
export function tradeNow(sandbox: Sandbox, outTradeNo: string): Trade | null {
  const trade = sandbox.books.trades.get(outTradeNo);
  if (trade === undefined) return null;
  const fact = factOfTime(trade, sandbox.clock.now());
  return fact === null ? trade : (moveTrade(sandbox, trade, { fact }) ?? trade);
}

function factOfTime(trade: Trade, nowMs: number): TradeFact | null {
  if (trade.status === 'WAIT_BUYER_PAY' && trade.expiresAtMs <= nowMs) return 'timedOut';
  return (refundWindowEnd(trade) ?? Number.POSITIVE_INFINITY) <= nowMs ? 'refundWindowOver' : null;
}

/** When a paid trade becomes TRADE_FINISHED; null for any other. */
export function refundWindowEnd(trade: Trade): number | null {
  return trade.status === 'TRADE_SUCCESS' && trade.paidAtMs !== null ? trade.paidAtMs + REFUND_WINDOW_MS : null;
}

/** What a trade can still give back, in fen. */
export function refundableFen(trade: Trade): number {
  return trade.paidAtMs === null ? 0 : trade.totalFen - refundedFen(trade);
}
