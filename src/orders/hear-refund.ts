import { type Draft, isEmpty, type Moment, putEvent, putOrder, putRefund } from './draft.ts';
import type { Fact, RefundFigures } from './fact.ts';
import type { Heard } from './hear.ts';
import { next } from './life.ts';
import { type Fen, formatAmount, sumFen } from './money.ts';
import { type OrderStatus, orderLife } from './order.ts';
import type { Payment } from './payment.ts';
import { type Refund, refundLife } from './refund.ts';

/** Alipay's trade numbers have 28 digits. A refund number has room for 64 characters. */
const MAX_TRADE_NO = 32;

interface About {
  readonly payment: Payment;
  readonly fact: Fact;
  readonly at: Moment;
}

/**
 * Books what the channel says has been given back for a payment that succeeded. Its figure is cumulative:
 * what we know already is taken off, and a total that is lower or equal changes nothing.
 */
export function hearRefund(draft: Draft, { payment, fact, at }: About): Heard {
  const figures = fact.refund;
  if (figures === null) return { verdict: isEmpty(draft) ? 'stays' : 'applied', draft };
  const fresh = figures.totalFen - sumFen(succeeded(draft, payment).map((refund) => refund.amountFen));
  if (fresh <= 0n) return { verdict: isEmpty(draft) ? 'stays' : 'applied', draft };
  if (figures.totalFen > payment.amountFen) return { verdict: 'refused', draft };
  const refund = refundFor(draft, { payment, figures, fresh, at });
  return { verdict: 'applied', draft: book(draft, { refund, payment, at }) };
}

function succeeded(draft: Draft, payment: Payment): readonly Refund[] {
  return draft.after.refunds.filter((refund) => refund.paymentId === payment.id && refund.status === 'SUCCEEDED');
}

/** Our own refund when the number and the amount are its own, else one that was made elsewhere. */
function refundFor(draft: Draft, about: { payment: Payment; figures: RefundFigures; fresh: Fen; at: Moment }): Refund {
  const { payment, figures, fresh, at } = about;
  const done = { status: 'SUCCEEDED' as const, failure: null, succeededAt: figures.refundedAt ?? at.now };
  const sameNo = draft.after.refunds.find((refund) => refund.refundNo === figures.refundNo);
  if (sameNo?.paymentId === payment.id && sameNo.amountFen === fresh && isOpen(sameNo)) return { ...sameNo, ...done };
  return {
    id: at.newId(at.now),
    paymentId: payment.id,
    refundNo: sameNo === undefined && figures.refundNo !== null ? figures.refundNo : elsewhereNo(payment, figures),
    amountFen: fresh,
    reason: null,
    createdAt: at.now,
    ...done,
  };
}

function isOpen(refund: Refund): boolean {
  const to = next(refundLife, refund.status, 'succeeded');
  return to !== undefined && to !== refund.status;
}

/** A number for a refund whose own number we can't use; unique in the order, whose trades may be refunded alike. */
function elsewhereNo({ tradeNo }: Payment, { totalFen }: RefundFigures): string {
  return `elsewhere_${(tradeNo ?? '').slice(-MAX_TRADE_NO)}_${totalFen}`;
}

function book(draft: Draft, { refund, payment, at }: { refund: Refund; payment: Payment; at: Moment }): Draft {
  const { after } = draft;
  const counts = payment.id === after.paidPaymentId;
  const refundedFen = counts ? after.refundedFen + refund.amountFen : after.refundedFen;
  const full = counts && refundedFen === after.amountFen;
  const status: OrderStatus = full ? (next(orderLife, after.status, 'refundedInFull') ?? after.status) : after.status;
  const data = {
    refundNo: refund.refundNo,
    amount: formatAmount(refund.amountFen),
    refundedAmount: formatAmount(refundedFen),
    outTradeNo: payment.outTradeNo,
    paymentStatus: payment.status,
  };
  return putEvent(putOrder(putRefund(draft, refund), { refundedFen, status }), at, { type: 'refund.succeeded', data });
}
