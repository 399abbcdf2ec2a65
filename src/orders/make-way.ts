import { type Draft, draftOf, type Moment, paymentData, putEvent, putPayment } from './draft.ts';
import { endPayment } from './end-payment.ts';
import type { DeskNeeds } from './needs.ts';
import { isPayable, type WholeOrder } from './order.ts';
import type { NotCollectable } from './outcomes.ts';
import { isLive, type Payment } from './payment.ts';

/** `free`: the order can be collected another way. A payment that nobody has begun makes room when the next one is written. */
export type Way = { readonly kind: 'free'; readonly order: WholeOrder } | NotCollectable;

/** Ends the order's live payment so that another way of collecting may begin; never while its outcome is in doubt. */
export async function makeWay(needs: DeskNeeds, order: WholeOrder): Promise<Way> {
  const live = order.payments.find(isLive);
  if (live === undefined) return { kind: 'free', order };
  if (live.method === 'AUTH_CODE') return { kind: 'payment_unresolved' };
  const ended = await endPayment(needs, order, live.outTradeNo);
  switch (ended.kind) {
    case 'no_trade':
    case 'ended':
      return notPayable(ended.order, needs.clock.now()) ?? { kind: 'free', order: ended.order };
    case 'paid':
      return { kind: 'order_not_payable', status: ended.order.status, expired: false };
    case 'unresolved':
      return { kind: 'payment_unresolved' };
    case 'not_sent':
      return { kind: 'channel_unavailable' };
  }
}

/** Why nobody may be asked to pay the order any more, if so. */
export function notPayable(order: WholeOrder, now: Date): NotCollectable | undefined {
  if (isPayable(order, now)) return undefined;
  return { kind: 'order_not_payable', status: order.status, expired: now >= order.expiresAt };
}

/** Pure. Begins a payment; one of another kind that nobody has begun to pay ends here, under the same number. */
export function beginPayment(order: WholeOrder, payment: Payment, at: Moment): Draft {
  const live = order.payments.find(isLive);
  const replaced = live && { ...live, status: 'CLOSED' as const };
  const room = replaced
    ? putEvent(putPayment(draftOf(order), replaced), at, { type: 'payment.closed', data: paymentData(replaced) })
    : draftOf(order);
  return putEvent(putPayment(room, payment), at, { type: 'payment.started', data: paymentData(payment) });
}
