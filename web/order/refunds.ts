// What was given back of an order, and what still can be.
import type { OrderView } from '../api/live-order.ts';
import { fenOf, sumFen } from './amount.ts';

export type RefundView = OrderView['refunds'][number];
type PaymentView = OrderView['payments'][number];

/** The payment that paid the order. A second one, which is a case, came at another moment. */
export function payingPayment({ payments, paidAt }: OrderView): PaymentView | undefined {
  const paid = payments.filter(({ status }) => status === 'SUCCEEDED');
  return paid.find(({ succeededAt }) => succeededAt === paidAt) ?? paid[0];
}

/** A refund that may still take its amount. */
export function isUnderWay({ status }: RefundView): boolean {
  return status === 'AWAITING_CONFIRMATION' || status === 'PENDING';
}

/** Whole fen that are neither given back nor on their way. */
export function refundableFen(order: OrderView): bigint {
  const paid = payingPayment(order);
  if (paid === undefined || order.status === 'PENDING' || order.status === 'CANCELLED') return 0n;
  const underWay = order.refunds.filter((refund) => isUnderWay(refund) && refund.payment.id === paid.id);
  const left = fenOf(order.amount) - fenOf(order.refundedAmount) - sumFen(underWay.map(({ amount }) => fenOf(amount)));
  return left > 0n ? left : 0n;
}

/** Money that came too late is all back with the buyer. */
export function isLateMoneyBack({ payments, refunds }: OrderView): boolean {
  const late = payments.filter(({ status }) => status === 'SUCCEEDED');
  return late.every(({ id, amount }) => {
    const back = refunds.filter(({ status, payment }) => status === 'SUCCEEDED' && payment.id === id);
    return sumFen(back.map((refund) => fenOf(refund.amount))) >= fenOf(amount);
  });
}
