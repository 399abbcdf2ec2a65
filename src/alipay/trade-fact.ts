// Alipay's words for a trade, in a notification and in the answer to a query alike, as a fact about a payment.
import type { Fact, RefundFigures } from '../orders/fact.ts';
import { type Fen, parseAmount } from '../orders/money.ts';
import { parseBeijingTime } from './beijing-time.ts';

/** The text of a field; undefined when it is absent or empty. */
export type Field = (name: string) => string | undefined;

export type ReadFact =
  | { readonly kind: 'fact'; readonly fact: Fact }
  | { readonly kind: 'malformed'; readonly reason: string };

const MAX_NUMBER = 64;

/** A number or an id of 1 to `max` printable characters. */
export function isNumber(text: string | undefined, max = MAX_NUMBER): text is string {
  return text !== undefined && text.length <= max && /^[\x21-\x7e]+$/.test(text);
}

/** Reads a trade. The caller has verified the signature over every field and says whether the seller is ours. */
export function readFact(field: Field, sellerMatches: boolean): ReadFact {
  const outTradeNo = field('out_trade_no');
  const tradeNo = field('trade_no');
  if (!isNumber(outTradeNo)) return malformed('out_trade_no');
  if (!isNumber(tradeNo)) return malformed('trade_no');
  const amountFen = parseAmount(field('total_amount') ?? '');
  if (amountFen === undefined) return malformed('total_amount');
  const refundFen = parseAmount(field('refund_fee') ?? '0');
  if (refundFen === undefined) return malformed('refund_fee');
  const refundNo = field('out_biz_no');
  if (refundNo !== undefined && !isNumber(refundNo)) return malformed('out_biz_no');
  const state = stateOf(field, refundFen);
  if (state === undefined) return malformed('trade_status');
  const refund = refundOf(field, { amountFen, refundFen, state });
  const paidAt = state === 'paid' ? timeOf(field('gmt_payment') ?? field('send_pay_date')) : null;
  return { kind: 'fact', fact: { outTradeNo, tradeNo, amountFen, state, paidAt, refund, sellerMatches } };
}

/**
 * TRADE_CLOSED is said of a trade that nobody paid in time and of one that was paid and wholly given back;
 * only the traces of a payment tell them apart.
 */
function stateOf(field: Field, refundFen: Fen): Fact['state'] | undefined {
  switch (field('trade_status')) {
    case 'WAIT_BUYER_PAY':
      return 'awaiting_buyer';
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      return 'paid';
    case 'TRADE_CLOSED':
      return refundFen > 0n || PAYMENT_TRACES.some((name) => field(name) !== undefined) ? 'paid' : 'closed';
  }
  return undefined;
}

const PAYMENT_TRACES = ['gmt_refund', 'gmt_payment', 'send_pay_date'];

interface Figures {
  readonly amountFen: Fen;
  readonly refundFen: Fen;
  readonly state: Fact['state'];
}

/** A refund's time without its figure says nothing that could be booked, unless the trade is closed: then it is all. */
function refundOf(field: Field, { amountFen, refundFen, state }: Figures): RefundFigures | null {
  if (state !== 'paid') return null;
  const whole = field('trade_status') === 'TRADE_CLOSED' ? amountFen : 0n;
  const totalFen = refundFen > 0n ? refundFen : whole;
  if (totalFen === 0n) return null;
  return { totalFen, refundNo: field('out_biz_no') ?? null, refundedAt: timeOf(field('gmt_refund')) };
}

function timeOf(text: string | undefined): Date | null {
  return text === undefined ? null : (parseBeijingTime(text) ?? null);
}

function malformed(name: string): ReadFact {
  return { kind: 'malformed', reason: `${name} is missing or not as Alipay writes it` };
}
