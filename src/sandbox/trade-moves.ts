import { record, type Sandbox } from './sandbox.ts';
import { movedTrade, type Refund, refundedFen, statusAfter, type Trade, type TradeFact } from './trade.ts';
import { noticesOwed } from './trade-notices.ts';

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

/** The trade of a number as it is now: one whose time is over closes before anybody sees it. */
export function tradeNow(sandbox: Sandbox, outTradeNo: string): Trade | null {
  const trade = sandbox.books.trades.get(outTradeNo);
  if (trade === undefined) return null;
  const isOver = trade.status === 'WAIT_BUYER_PAY' && trade.expiresAtMs <= sandbox.clock.now();
  return isOver ? (moveTrade(sandbox, trade, { fact: 'timedOut' }) ?? trade) : trade;
}

/** What a trade can still give back, in fen. */
export function refundableFen(trade: Trade): number {
  return trade.paidAtMs === null ? 0 : trade.totalFen - refundedFen(trade);
}
