import { askPayment } from './ask-payment.ts';
import { type OrderAction } from './cancel-order.ts';
import type { DeskNeeds } from './needs.ts';
import type { OrderOutcome } from './outcomes.ts';
import { isLive } from './payment.ts';
import { sendNow } from './refund-order.ts';

/** Asks the channel now, of the payment that matters and of refunds in doubt, and applies what it says. */
export async function syncOrder(
  needs: DeskNeeds,
  { merchantId, ref }: Omit<OrderAction, 'reason'>,
): Promise<OrderOutcome> {
  const order = await needs.orders.find(merchantId, ref);
  if (order === undefined) return { kind: 'order_not_found' };
  const payment =
    order.payments.find(isLive) ?? order.payments.find(({ id }) => id === order.paidPaymentId) ?? order.payments.at(-1);
  if (payment === undefined) return { kind: 'order', order };
  const asked = await askPayment(needs, order, payment);
  if (asked.answer.kind === 'not_sent') return { kind: 'channel_unavailable' };
  if (asked.answer.kind === 'unknown') return { kind: 'payment_unresolved' };
  const pending = asked.order.refunds.find(({ status }) => status === 'PENDING');
  const sent = pending && (await sendNow(needs, asked.order, pending));
  return { kind: 'order', order: sent?.kind === 'refund' ? sent.order : asked.order };
}
