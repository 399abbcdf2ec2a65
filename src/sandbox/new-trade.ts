import type { Entry } from './entries.ts';
import { newTradeNo } from './ids.ts';
import { record, type Sandbox } from './sandbox.ts';
import type { Order, Trade, TradeOrigin } from './trade.ts';
import { noticesOwed } from './trade-notices.ts';

export type Birth = { readonly madeBy: TradeOrigin; readonly expiresAtMs: number };

/** Makes the trade of an order: unpaid, until somebody pays or its time is over. */
export function createTrade(sandbox: Sandbox, order: Order, birth: Birth): Trade {
  const nowMs = sandbox.clock.now();
  const trade: Trade = {
    outTradeNo: order.outTradeNo,
    tradeNo: newTradeNo(nowMs),
    status: 'WAIT_BUYER_PAY',
    madeBy: birth.madeBy,
    totalFen: order.terms.totalFen,
    createdAtMs: nowMs,
    expiresAtMs: birth.expiresAtMs,
    paidAtMs: null,
    closedAtMs: null,
    lastFact: null,
    refunds: [],
  };
  const created: Entry = { kind: 'trade_created', trade };
  record(sandbox, [created, ...noticesOwed(sandbox, { trade, fact: null })]);
  return trade;
}
