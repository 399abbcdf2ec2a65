import { MOST_ORDERS } from '../books.ts';
import { parseChinaTime } from '../china-time.ts';
import type { Entry } from '../entries.ts';
import { newCode } from '../ids.ts';
import { qrContent, record, type Sandbox } from '../sandbox.ts';
import { refuse, succeed } from '../sub-codes.ts';
import { endOfTimeout, LONGEST_CODE_LIFE_MS } from '../timeouts.ts';
import type { Code, Order, OrderTerms } from '../trade.ts';
import { tradeNow } from '../trade-moves.ts';
import type { Answer } from '../wire/answer.ts';
import { readFields } from './fields.ts';
import type { Call, Method } from './method.ts';
import { LARGEST_ORDER_FEN, MOST_GOODS, type OrderFields, orderFields, sameSale, termsOf } from './order-fields.ts';

/**
 * alipay.trade.precreate: registers an order and hands out a QR code. No trade exists until somebody scans it.
 * The same number with the same sale may be asked for again and gets another code of the same order.
 */
export const precreate: Method = (sandbox, call) => {
  const read = readFields(orderFields, call.biz);
  if (read.kind === 'refused') return read.answer;
  const { fields } = read;
  const terms = termsOf(fields);
  const known = sandbox.books.orders.get(fields.out_trade_no);
  const refused = refusedTerms(sandbox, fields, terms) ?? refusedRepeat(sandbox, known, terms);
  if (refused !== null) return refused;
  const times = codeTimes(fields, sandbox.clock.now());
  if (times.expiresAtMs <= times.createdAtMs) return refuse('ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR');
  const code: Code = { code: newCode(), outTradeNo: fields.out_trade_no, ...times, revoked: false };
  record(sandbox, [orderEntry(known, fields.out_trade_no, terms, call), { kind: 'code_issued', code }]);
  return succeed({ out_trade_no: fields.out_trade_no, qr_code: qrContent(sandbox, code.code) });
};

function refusedTerms(sandbox: Sandbox, fields: OrderFields, terms: OrderTerms): Answer | null {
  if (terms.totalFen <= 0 || terms.totalFen > LARGEST_ORDER_FEN) return refuse('ACQ.TOTAL_FEE_EXCEED');
  if (fields.seller_id !== undefined && fields.seller_id !== sandbox.app.sellerId)
    return refuse('ACQ.SELLER_NOT_EXIST');
  if ((fields.goods_detail?.length ?? 0) > MOST_GOODS) return refuse('ACQ.SUB_GOODS_SIZE_MAX_COUNT');
  return null;
}

function refusedRepeat(sandbox: Sandbox, known: Order | undefined, terms: OrderTerms): Answer | null {
  if (known === undefined) return refusedWhenFull(sandbox);
  if (!sameSale(known.terms, terms)) return refuse('ACQ.CONTEXT_INCONSISTENT');
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

function refusedWhenFull({ books }: Sandbox): Answer | null {
  return books.orders.size < MOST_ORDERS
    ? null
    : refuse('aop.ACQ.SYSTEM_ERROR', `：沙箱最多保存${MOST_ORDERS}笔订单，请更换DATA_DIR`);
}

function orderEntry(known: Order | undefined, outTradeNo: string, terms: OrderTerms, call: Call): Entry {
  const { notifyUrl, charset } = call;
  return known === undefined
    ? { kind: 'order_registered', order: { outTradeNo, terms, notifyUrl, charset, precreates: 1, codes: [] } }
    : { kind: 'order_repeated', outTradeNo, notifyUrl, charset };
}

type CodeTimes = Pick<Code, 'createdAtMs' | 'expiresAtMs' | 'tradeExpiresAtMs'>;

// time_expire wins over timeout_express; a code ends with its trade, by its own timeout or after two hours.
function codeTimes(fields: OrderFields, nowMs: number): CodeTimes {
  const end = (express: string | undefined) => (express === undefined ? null : endOfTimeout(express, nowMs));
  const absolute = fields.time_expire === undefined ? null : parseChinaTime(fields.time_expire);
  const tradeExpiresAtMs = absolute ?? end(fields.timeout_express);
  const ends = [nowMs + LONGEST_CODE_LIFE_MS, tradeExpiresAtMs, end(fields.qr_code_timeout_express)];
  return { createdAtMs: nowMs, expiresAtMs: Math.min(...ends.filter((one) => one !== null)), tradeExpiresAtMs };
}
