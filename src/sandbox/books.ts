import type { AuthCode } from './auth-codes.ts';
import type { Entry } from './entries.ts';
import type { Notice } from './notice.ts';
import { type Code, movedTrade, type Order, type Trade, type TradeMove } from './trade.ts';

// Bounds of what is held in memory; the ledger on disk keeps everything.
export const MOST_ORDERS = 200_000;
const CODES_KEPT = 20;
const ATTEMPTS_KEPT = 20;
const AUTH_CODES_KEPT = 20_000;

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
  /** Numbers a cancel found no trade for. */
  readonly cancelled: Set<string>;
  /** Oldest first. */
  readonly authCodes: Map<string, AuthCode>;
  /** `trade_no/out_request_no` of refunds answered as unknown and not done. */
  readonly missedRefunds: Set<string>;
  /** What the seller topped up and refunds have not used, in fen. */
  purseFen: number;
  clockOffsetMs: number;
};

export function emptyBooks(): Books {
  return {
    orders: new Map(),
    codes: new Map(),
    trades: new Map(),
    numbers: new Map(),
    notices: new Map(),
    noticesOf: new Map(),
    cancelled: new Set(),
    authCodes: new Map(),
    missedRefunds: new Set(),
    purseFen: 0,
    clockOffsetMs: 0,
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
        precreates: order.precreates + ((entry.by ?? 'precreate') === 'precreate' ? 1 : 0),
      }));
      break;
    case 'code_issued':
      issueCode(books, entry.code);
      break;
    case 'codes_revoked':
      revokeCodes(books, entry.outTradeNo);
      break;
    case 'number_cancelled':
      books.cancelled.add(entry.outTradeNo);
      break;
    case 'auth_code_issued':
      keepAuthCode(books, entry.authCode);
      break;
    case 'auth_code_used':
      useAuthCode(books, entry.code, entry.outTradeNo);
      break;
    case 'refund_missed':
      books.missedRefunds.add(`${entry.tradeNo}/${entry.outRequestNo}`);
      break;
    case 'topped_up':
      books.purseFen += entry.fen;
      break;
    case 'clock_moved':
      books.clockOffsetMs = entry.offsetMs;
      break;
    case 'trade_created':
      // Older ledgers know scanned trades only, and do not say so.
      books.trades.set(entry.trade.outTradeNo, { ...entry.trade, madeBy: entry.trade.madeBy ?? 'scan' });
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
  if (trade === undefined) return;
  books.trades.set(move.outTradeNo, movedTrade(trade, move));
  if (move.refund?.fromPurse === true) books.purseFen -= move.refund.fen;
}

function keepAuthCode(books: Books, authCode: AuthCode): void {
  books.authCodes.set(authCode.code, authCode);
  const oldest = books.authCodes.keys().next();
  if (books.authCodes.size > AUTH_CODES_KEPT && !oldest.done) books.authCodes.delete(oldest.value);
}

function useAuthCode(books: Books, code: string, outTradeNo: string): void {
  const authCode = books.authCodes.get(code);
  if (authCode !== undefined) books.authCodes.set(code, { ...authCode, usedFor: outTradeNo });
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
