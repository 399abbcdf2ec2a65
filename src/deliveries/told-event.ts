// An event as the outside hears it: the same id and the same content over every transport.
import { toTypeId } from '../ids.ts';
import type { Json } from '../orders/canonical-json.ts';
import type { PlacedEvent } from '../orders/feed.ts';

/** What a consumer gets: `type`, `timestamp` and `data` are those of Standard Webhooks. */
export interface ToldEvent {
  /** `evt_…`: the same however often and whichever way it arrives. */
  readonly id: string;
  readonly type: string;
  /** RFC 3339 in UTC, milliseconds. */
  readonly timestamp: string;
  /** The order, its version and status after this event, and what happened; amounts are yuan with two decimals. */
  readonly data: { readonly [field: string]: Json };
}

export function toldEvent({ event, merchantOrderNo }: Omit<PlacedEvent, 'position'>): ToldEvent {
  return {
    id: toTypeId('evt', event.id),
    type: event.type,
    timestamp: event.occurredAt.toISOString(),
    data: {
      ...JSON.parse(event.data),
      orderId: toTypeId('ord', event.orderId),
      merchantOrderNo,
      version: event.version,
      status: event.status,
    },
  };
}
