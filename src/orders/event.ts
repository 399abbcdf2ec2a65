import { hash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.ts';
import type { OrderStatus } from './order.ts';

export type EventType =
  | 'order.created'
  | 'order.cancelled'
  | 'order.shipped'
  | 'order.completed'
  | 'order.returned'
  | 'payment.precreated'
  | 'payment.started'
  | 'payment.unknown'
  | 'payment.succeeded'
  | 'payment.failed'
  | 'payment.closed'
  | 'refund.requested'
  | 'refund.confirmed'
  | 'refund.succeeded'
  | 'refund.failed'
  | 'refund.rejected'
  | 'case.opened'
  | 'case.resolved';

/** One step in an order's life. Written once, never changed, chained by hash to the step before. */
export interface OrderEvent {
  readonly id: string;
  readonly merchantId: string;
  readonly orderId: string;
  readonly version: number;
  readonly type: EventType;
  /** The order's status after this event. */
  readonly status: OrderStatus;
  readonly occurredAt: Date;
  /** Canonical JSON text: what happened, amounts as yuan text. */
  readonly data: string;
  /** The signed notification or answer that caused it. */
  readonly evidenceId: string | null;
  /** Hash of the event before, in hex; of the first one {@link FIRST_HASH}. */
  readonly prevHash: string;
  readonly hash: string;
}

export const FIRST_HASH = '0'.repeat(64);

/** An event before it is chained. */
export type Happening = Omit<OrderEvent, 'hash' | 'data'> & { readonly data: Readonly<Record<string, Json>> };

/** Writes the data down and seals it: SHA-256 over the hash before and every field of the event. */
export function seal(happening: Happening): OrderEvent {
  const data = canonicalJson(happening.data);
  return { ...happening, data, hash: hashOf({ ...happening, data }) };
}

/** The hash an untouched event has. */
export function hashOf(event: Omit<OrderEvent, 'hash'>): string {
  const parts = [
    event.prevHash,
    event.id,
    event.merchantId,
    event.orderId,
    event.version,
    event.type,
    event.status,
    event.occurredAt.toISOString(),
    event.evidenceId ?? '',
    event.data,
  ];
  return hash('sha256', parts.join('\n'), 'hex');
}
