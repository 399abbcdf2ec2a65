import { MOST_ORDERS } from '../books.ts';
import { parseChinaTime } from '../china-time.ts';
import type { Entry } from '../entries.ts';
import { createTrade } from '../new-trade.ts';
import { record, type Sandbox } from '../sandbox.ts';
import { refuse } from '../sub-codes.ts';
import { defaultTradeLifeMs, endOfTimeout } from '../timeouts.ts';
import type { CallKind, Order, Trade, TradeOrigin } from '../trade.ts';
import { tradeNow } from '../trade-moves.ts';
import type { Answer } from '../wire/answer.ts';
import type { Call } from './method.ts';
import { LARGEST_ORDER_FEN, MOST_GOODS, type OrderFields, sameSale, termsOf } from './order-fields.ts';

// What precreate, pay, create and the cashier pages have in common: they register one sale under one number.

/** Why a sale cannot be registered, or not again under this number; null when it can. */
export function refusedSale(sandbox: Sandbox, fields: OrderFields): Answer | null {
  return refusedTerms(sandbox, fields) ?? refusedRepeat(sandbox, fields) ?? refusedTime(sandbox, fields);
}

function refusedTerms(sandbox: Sandbox, fields: OrderFields): Answer | null {
  const { totalFen } = termsOf(fields);
  if (totalFen <= 0 || totalFen > LARGEST_ORDER_FEN) return refuse('ACQ.TOTAL_FEE_EXCEED');
  if (fields.seller_id !== undefined && fields.seller_id !== sandbox.app.sellerId)
    return refuse('ACQ.SELLER_NOT_EXIST');
  if ((fields.goods_detail?.length ?? 0) > MOST_GOODS) return refuse('ACQ.SUB_GOODS_SIZE_MAX_COUNT');
  return null;
}

function refusedRepeat(sandbox: Sandbox, fields: OrderFields): Answer | null {
  const known = sandbox.books.orders.get(fields.out_trade_no);
  if (known === undefined) return refusedWhenFull(sandbox);
  if (!sameSale(known.terms, termsOf(fields))) return refuse('ACQ.CONTEXT_INCONSISTENT');
  switch (tradeNow(sandbox, known.outTradeNo)?.status) {
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      return refuse('ACQ.TRADE_HAS_SUCCESS');
    case 'TRADE_CLOSED':
      return refuse('ACQ.TRADE_HAS_CLOSE');
    case 'WAIT_BUYER_PAY':
    case undefined:
      return null;
  }
}

/** The answer of a sandbox that holds all it can; null while there is room. */
export function refusedWhenFull({ books }: Sandbox): Answer | null {
  return Math.max(books.orders.size, books.cancelled.size) < MOST_ORDERS
    ? null
    : refuse('aop.ACQ.SYSTEM_ERROR', `：沙箱最多保存${MOST_ORDERS}笔订单，请更换DATA_DIR`);
}

function refusedTime(sandbox: Sandbox, fields: OrderFields): Answer | null {
  const nowMs = sandbox.clock.now();
  const endsAtMs = endOfTrade(fields, nowMs);
  return endsAtMs !== null && endsAtMs <= nowMs ? refuse('ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR') : null;
}

/** When an unpaid trade of this sale closes; null when the call names no timeout. time_expire wins. */
export function endOfTrade(fields: OrderFields, nowMs: number): number | null {
  if (fields.time_expire !== undefined) return parseChinaTime(fields.time_expire);
  return fields.timeout_express === undefined ? null : endOfTimeout(fields.timeout_express, nowMs);
}

/**
 * A cancel that found no trade ends the number: what arrives late makes no trade any more. A QR code asked for
 * afterwards does, see cancelKillsUnscanned.
 */
export function refusedCancelled({ books }: Sandbox, fields: OrderFields): Answer | null {
  return books.cancelled.has(fields.out_trade_no) ? refuse('ACQ.TRADE_HAS_CLOSE') : null;
}

export type Cause = { readonly call: Call; readonly by: CallKind };

/** The sale as an order, or one more call for the order there is. */
export function orderEntry({ books }: Sandbox, fields: OrderFields, { call, by }: Cause): Entry {
  const outTradeNo = fields.out_trade_no;
  const { notifyUrl, charset } = call;
  if (books.orders.has(outTradeNo)) return { kind: 'order_repeated', outTradeNo, notifyUrl, charset, by };
  const precreates = by === 'precreate' ? 1 : 0;
  const order: Order = { outTradeNo, terms: termsOf(fields), notifyUrl, charset, precreates, codes: [] };
  return { kind: 'order_registered', order };
}

export type Sale = Cause & { readonly by: TradeOrigin; readonly more?: readonly Entry[] };

/** The unpaid trade of this sale, made now unless there is one; the call is written down, `more` with it. */
export function tradeOfSale(sandbox: Sandbox, fields: OrderFields, sale: Sale): Trade {
  const nowMs = sandbox.clock.now();
  const { more = [], by } = sale;
  record(sandbox, [orderEntry(sandbox, fields, sale), ...more]);
  const trade = tradeNow(sandbox, fields.out_trade_no);
  const order = sandbox.books.orders.get(fields.out_trade_no);
  if (trade !== null) return trade;
  if (order === undefined) throw new Error('An order just registered is not in the books');
  return createTrade(sandbox, order, {
    madeBy: by,
    expiresAtMs: endOfTrade(fields, nowMs) ?? nowMs + defaultTradeLifeMs(by),
  });
}
