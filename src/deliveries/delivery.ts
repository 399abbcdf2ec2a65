// One event owed to one endpoint.
import type { PlacedEvent } from '../orders/feed.ts';
import type { EndpointKeys } from './endpoint.ts';

/** FAILED: every attempt of the ladder has failed; only replayDeliveries sends it again. */
export type DeliveryStatus = 'PENDING' | 'SUCCEEDED' | 'FAILED';

export interface Delivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Null for an event that is about no order. */
  readonly orderId: string | null;
  readonly status: DeliveryStatus;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** While it is PENDING. */
  readonly nextAttemptAt: Date | null;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
}

export interface Attempt {
  readonly at: Date;
  /** Null when no answer came. */
  readonly statusCode: number | null;
  readonly latencyMs: number;
  /** The first bytes of the answer, as text. */
  readonly answer: string | null;
  /** Why it failed; null when it did not. */
  readonly reason: string | null;
}

/** What a delivery carries: an event of an order, or a body of our own. */
export type Content = { readonly kind: 'event'; readonly event: Omit<PlacedEvent, 'position'> } | OwnEvent;

/** An event that is about no order. */
export interface OwnEvent {
  readonly kind: 'own';
  readonly eventId: string;
  readonly type: string;
  readonly body: string;
}

/** A delivery that this process has taken and must finish or release. */
export interface Due {
  readonly merchantId: string;
  readonly deliveryId: string;
  readonly endpoint: { readonly id: string; readonly url: string; readonly keys: EndpointKeys };
  readonly content: Content;
  /** Attempts since it was queued. */
  readonly tries: number;
  /** Failures in a row of the endpoint when it was taken. */
  readonly failures: number;
  /** Names the hold on it: another process may take it when this one is silent for too long. */
  readonly hold: string;
}
