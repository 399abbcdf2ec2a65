import { changeOrder } from './change-order.ts';
import { type Draft, draftOf, type Moment, paymentData, putEvent, putOrder, putPayment } from './draft.ts';
import { type Ended, endPayment } from './end-payment.ts';
import { next } from './life.ts';
import { type DeskNeeds, ownMoment } from './needs.ts';
import { orderLife, type WholeOrder } from './order.ts';
import { isLive } from './payment.ts';

export type EndReason = 'expired' | 'cancelled' | 'undone';

/** `busy`: a payment came in between. */
export type OrderEnd = { readonly kind: 'cancelled' | 'paid' | 'unresolved' | 'not_sent'; readonly order: WholeOrder };

export interface Why {
  readonly reason: EndReason;
  /** What the cashier wrote. */
  readonly note: string | null;
}

/** Ends an unpaid sale: first at the channel, then here. Not for one whose scanned payment code is in doubt. */
export async function endOrder(needs: DeskNeeds, order: WholeOrder, why: Why): Promise<OrderEnd> {
  const live = order.payments.find(isLive);
  const ended: Ended = live ? await endPayment(needs, order, live.outTradeNo) : { kind: 'ended', order };
  if (ended.kind === 'paid' || ended.kind === 'unresolved' || ended.kind === 'not_sent')
    return { kind: ended.kind, order: ended.order };
  return changeOrder(needs, ended.order, (current) => {
    const left = current.payments.find(isLive);
    const draft = left && left.id !== live?.id ? draftOf(current) : cancelled(current, why, ownMoment(needs));
    return { draft, evidence: null, outcome: endOf(draft.after) };
  });
}

function endOf(order: WholeOrder): OrderEnd {
  if (order.status === 'CANCELLED') return { kind: 'cancelled', order };
  return { kind: order.status === 'PENDING' ? 'unresolved' : 'paid', order };
}

/** Pure. What nobody has scanned is closed here only: its offer is watched until its own end. */
export function cancelled(order: WholeOrder, { reason, note }: Why, at: Moment): Draft {
  const status = next(orderLife, order.status, 'cancelled');
  if (status === undefined || status === order.status) return draftOf(order);
  const live = order.payments.find(isLive);
  const closed = live && { ...live, status: 'CLOSED' as const };
  const first = closed
    ? putEvent(putPayment(draftOf(order), closed), at, { type: 'payment.closed', data: paymentData(closed) })
    : draftOf(order);
  const data = { reason, ...(note === null ? {} : { note }) };
  return putEvent(putOrder(first, { status }), at, { type: 'order.cancelled', data });
}
