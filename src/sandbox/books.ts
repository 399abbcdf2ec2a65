import type { Entry } from './entries.ts';
import type { Notice } from './notice.ts';
import { type Code, movedTrade, type Order, type Trade, type TradeMove } from './trade.ts';

// Bounds of what is held in memory; the ledger on disk keeps everything.
export const MOST_ORDERS = 200_000;
const CODES_KEPT = 20;
const ATTEMPTS_KEPT = 20;

/** Everything the sandbox knows, derived from the ledger alone. */
export type Books = {
  readonly orders: Map<string, Order>;
  readonly codes: Map<string, Code>;
  readonly trades: Map<string, Trade>;
  /** trade_no → out_trade_no. */
  readonly numbers: Map<string, string>;
  readonly notices: Map<string, Notice>;
  /** out_trade_no → its notices' ids, oldest first. */
  readonly noticesOf: Map<string, string[]>;
};

export function emptyBooks(): Books {
  return {
    orders: new Map(),
    codes: new Map(),
    trades: new Map(),
    numbers: new Map(),
    notices: new Map(),
    noticesOf: new Map(),
  };
}

/** Writes one entry into the books. An entry about something unknown changes nothing. */
export function applyEntry(books: Books, entry: Entry): void {
  switch (entry.kind) {
    case 'order_registered':
      books.orders.set(entry.order.outTradeNo, entry.order);
      break;
    case 'order_repeated':
      changeOrder(books, entry.outTradeNo, (order) => ({
        ...order,
        notifyUrl: entry.notifyUrl ?? order.notifyUrl,
        charset: entry.charset,
        precreates: order.precreates + 1,
      }));
      break;
    case 'code_issued':
      issueCode(books, entry.code);
      break;
    case 'codes_revoked':
      revokeCodes(books, entry.outTradeNo);
      break;
    case 'trade_created':
      books.trades.set(entry.trade.outTradeNo, entry.trade);
      books.numbers.set(entry.trade.tradeNo, entry.trade.outTradeNo);
      break;
    case 'trade_moved':
      moveTrade(books, entry);
      break;
    case 'notice_owed':
      oweNotice(books, entry.notice);
      break;
    case 'notice_sent':
      noteSending(books, entry);
      break;
  }
}

function changeOrder(books: Books, outTradeNo: string, change: (order: Order) => Order): void {
  const order = books.orders.get(outTradeNo);
  if (order !== undefined) books.orders.set(outTradeNo, change(order));
}

function issueCode(books: Books, code: Code): void {
  books.codes.set(code.code, code);
  changeOrder(books, code.outTradeNo, (order) => {
    const codes = [...order.codes, code];
    for (const old of codes.slice(0, -CODES_KEPT)) books.codes.delete(old.code);
    return { ...order, codes: codes.slice(-CODES_KEPT) };
  });
}

function revokeCodes(books: Books, outTradeNo: string): void {
  changeOrder(books, outTradeNo, (order) => {
    const codes = order.codes.map((code) => ({ ...code, revoked: true }));
    for (const code of codes) books.codes.set(code.code, code);
    return { ...order, codes };
  });
}

function moveTrade(books: Books, move: TradeMove): void {
  const trade = books.trades.get(move.outTradeNo);
  if (trade !== undefined) books.trades.set(move.outTradeNo, movedTrade(trade, move));
}

function oweNotice(books: Books, notice: Notice): void {
  books.notices.set(notice.notifyId, notice);
  const ids = books.noticesOf.get(notice.outTradeNo) ?? [];
  ids.push(notice.notifyId);
  books.noticesOf.set(notice.outTradeNo, ids);
}

function noteSending(books: Books, entry: Extract<Entry, { kind: 'notice_sent' }>): void {
  const notice = books.notices.get(entry.notifyId);
  if (notice === undefined) return;
  books.notices.set(entry.notifyId, {
    ...notice,
    state: entry.state,
    sendings: notice.sendings + (entry.attempt.extra ? 0 : 1),
    lastSendingAtMs: entry.attempt.extra ? notice.lastSendingAtMs : entry.attempt.atMs,
    attempts: [...notice.attempts, entry.attempt].slice(-ATTEMPTS_KEPT),
  });
}
