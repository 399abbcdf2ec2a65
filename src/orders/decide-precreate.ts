// What an answer about a QR code does to its order: pure.
import { type Draft, draftOf, type Moment, paymentData, putEvent, putPayment } from './draft.ts';
import type { EventType } from './event.ts';
import { next } from './life.ts';
import { numberFor, type WholeOrder } from './order.ts';
import { isLive, newPayment, type Payment, type PaymentFact, type PaymentFailure, paymentLife } from './payment.ts';
import type { Rejected } from './ports.ts';

interface WithPayment {
  readonly draft: Draft;
  readonly payment: Payment;
}

/** The channel gave a code. A payment whose code ran out gets the new one; it stays the same payment. */
export function offered(order: WholeOrder, code: { offer: string; until: Date }, at: Moment): WithPayment {
  const payment = { ...moved(order, 'offered', at), offer: code.offer, payableUntil: code.until };
  return { draft: put(order, payment, { type: 'payment.precreated', at }), payment };
}

/** We asked and cannot tell: a code may exist. A payment that is in doubt already stays as it is. */
export function doubted(order: WholeOrder, at: Moment): WithPayment {
  const live = order.payments.find(isLive);
  const payment = moved(order, 'doubted', at);
  if (live !== undefined && live.status === payment.status) return { draft: draftOf(order), payment: live };
  return { draft: put(order, payment, { type: 'payment.unknown', at }), payment };
}

/** A definite no. It ends a payment that was never offered; one that was, or that is in doubt, stays open. */
export function rejected(order: WholeOrder, { subCode, message, messageZh }: Rejected, at: Moment): Draft {
  const payment = { ...moved(order, 'refused', at), failure: { subCode, message, messageZh } };
  if (isLive(payment) || repeats(order, payment.failure)) return draftOf(order);
  return put(order, payment, { type: 'payment.failed', at });
}

/** The same no as last time is no news; a till that keeps asking must not fill the history. */
function repeats(order: WholeOrder, failure: PaymentFailure): boolean {
  const last = order.payments.at(-1);
  return last !== undefined && !isLive(last) && last.failure?.subCode === failure.subCode;
}

function moved(order: WholeOrder, fact: PaymentFact, at: Moment): Payment {
  const payment = order.payments.find(isLive) ?? fresh(order, at);
  return { ...payment, status: next(paymentLife, payment.status, fact) ?? payment.status };
}

function fresh(order: WholeOrder, at: Moment): Payment {
  const { amountFen } = order;
  return newPayment({
    id: at.newId(at.now),
    method: 'QR_CODE',
    amountFen,
    outTradeNo: numberFor(order),
    createdAt: at.now,
  });
}

function put(order: WholeOrder, payment: Payment, { type, at }: { type: EventType; at: Moment }): Draft {
  return putEvent(putPayment(draftOf(order), payment), at, { type, data: paymentData(payment) });
}
