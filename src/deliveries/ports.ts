// What telling merchants needs from outside.
import type { Step } from './after-attempt.ts';
import type { Attempt, Delivery, DeliveryStatus, Due, OwnEvent } from './delivery.ts';
import type { DisabledReason, EndpointChanges, Health, WebhookEndpoint } from './endpoint.ts';

export interface EndpointStore {
  /** It hears of what is placed in the feed from now on. `full`: the merchant has as many as it may. */
  create(endpoint: WebhookEndpoint): Promise<'created' | 'full'>;
  find(merchantId: string, id: string): Promise<WebhookEndpoint | undefined>;
  /** Oldest first. */
  list(merchantId: string): Promise<readonly WebhookEndpoint[]>;
  /** Enabling forgets the failures. Undefined when it is not there. */
  update(merchantId: string, id: string, changes: EndpointChanges, now: Date): Promise<WebhookEndpoint | undefined>;
  /** The secret so far becomes the old one until `oldUntil`. */
  rotate(merchantId: string, id: string, secret: string, oldUntil: Date): Promise<WebhookEndpoint | undefined>;
  /** False when it is not there. Its deliveries are gone with it. */
  remove(merchantId: string, id: string): Promise<boolean>;
  /** Disables it once, and owes the event to the merchant's other endpoints. False when it was disabled before. */
  disable(disabled: Disabled): Promise<boolean>;
}

export interface Disabled {
  readonly merchantId: string;
  readonly id: string;
  readonly reason: DisabledReason;
  readonly at: Date;
  readonly event: OwnEvent;
}

/** The deliveries that are owed. Any number of processes take from it; what one holds the others leave alone. */
export interface DeliveryQueue {
  /** Owes the next events of the feeds to the endpoints that hear of them; answers how many were looked at. */
  fanOut(now: Date): Promise<number>;
  /** Takes up to `limit` that are due, those of different endpoints side by side, one of each order. */
  take(limit: number, now: Date): Promise<readonly Due[]>;
  /** Writes down the attempt and what follows; the endpoint's health after it, undefined when the hold was lost. */
  finish(due: Due, attempt: Attempt, step: Step): Promise<Health | undefined>;
  /** Gives it back as if it had never been taken. */
  release(due: Due): Promise<void>;
  /** Forgets up to `limit` finished ones of each merchant that are older than its events' retention. */
  prune(now: Date, limit: number): Promise<number>;
}

export interface DeliveryReads {
  page(merchantId: string, asked: DeliveryPageAsked): Promise<DeliveryPage>;
  find(merchantId: string, id: string): Promise<Delivery | undefined>;
}

export interface DeliveryPageAsked {
  readonly first: number;
  readonly afterId: string | undefined;
  readonly endpointId: string | undefined;
  readonly orderId: string | undefined;
  readonly status: DeliveryStatus | undefined;
  readonly eventType: string | undefined;
}

export interface DeliveryPage {
  /** Newest event first. */
  readonly deliveries: readonly Delivery[];
  readonly hasNextPage: boolean;
}

export interface Replays {
  /** Queues these again, whatever became of them; answers how many there were. */
  again(merchantId: string, endpointId: string, deliveryIds: readonly string[], now: Date): Promise<number>;
  /** The position in the feed behind which events may be as late as `from`. */
  positionAt(merchantId: string, from: Date): Promise<number>;
  /** Queues what an endpoint is to hear of the next events of the feed. */
  fromFeed(merchantId: string, endpointId: string, asked: FromFeed): Promise<Replayed>;
}

export interface FromFeed {
  readonly afterPosition: number;
  /** Positions looked at. */
  readonly limit: number;
  readonly from: Date;
  /** Null: no end. */
  readonly before: Date | null;
  /** Those that have arrived too. */
  readonly arrivedToo: boolean;
  readonly now: Date;
}

export interface Replayed {
  readonly queued: number;
  /** The last position looked at; null at the end of the feed. */
  readonly reached: number | null;
}

/** Posts to the outside, and only there: a forbidden address is never connected to. */
export interface Sender {
  /** Why a URL can't be an endpoint's, as far as can be known now. */
  refusalOf(url: string): Promise<string | undefined>;
  /** Never throws: what goes wrong is an outcome. */
  send(message: OutboundMessage): Promise<Sent>;
}

export interface OutboundMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Sent =
  | {
      readonly kind: 'answered';
      readonly statusCode: number;
      /** The first bytes, as text that a database can hold. */
      readonly answer: string;
      readonly retryAfter: string | null;
      readonly latencyMs: number;
    }
  | { readonly kind: 'unanswered'; readonly reason: string; readonly latencyMs: number }
  /** We are stopping: whether it arrived is not known. */
  | { readonly kind: 'abandoned' };

/** Keeps secrets readable for us alone. What is sealed for one owner opens for no other. */
export interface SealedSecrets {
  seal(secret: string, owner: string): string;
  /** @throws when it was sealed under another key, for another owner, or was changed. */
  open(sealed: string, owner: string): string;
}
