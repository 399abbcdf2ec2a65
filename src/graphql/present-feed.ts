import { toldEvent } from '../deliveries/told-event.ts';
import { toTypeId } from '../ids.ts';
import type { PlacedEvent } from '../orders/feed.ts';
import type { PaymentStatus } from '../orders/payment.ts';
import { PaymentStatusEnum } from './enums.ts';
import { FeedEvent } from './feed.types.ts';
import { feedCursor } from './feed-cursor.ts';
import { make } from './make.ts';
import { presentEvent, presentOrder } from './present-order.ts';

export function presentPlaced(placed: PlacedEvent): FeedEvent {
  const { event, merchantOrderNo, position } = placed;
  return make(FeedEvent, {
    ...presentEvent(event),
    cursor: feedCursor(position),
    orderId: toTypeId('ord', event.orderId),
    merchantOrderNo,
    paymentStatus: paymentStatusIn(event.data),
    payload: () => ({ ...toldEvent(placed) }),
    order: async (_, context) => presentOrder(await context.load.order(event.orderId), context),
  });
}

/** The payment's status is a part of what an event about a payment says. */
export function paymentStatusIn(data: string): PaymentStatus | null {
  const said: { paymentStatus?: string } = JSON.parse(data);
  const known = Object.values(PaymentStatusEnum).find((status) => status === said.paymentStatus);
  return known ?? null;
}
