// Where a merchant wants to be told of events, and how telling it goes.

/** MERCHANT: by updateWebhookEndpoint. GONE: it answered 410. FAILING: nothing arrived for five days. */
export type DisabledReason = 'MERCHANT' | 'GONE' | 'FAILING';

/** The most endpoints of one merchant; the table has as many places for each. */
export const MOST_ENDPOINTS = 20;

export interface WebhookEndpoint {
  readonly id: string;
  readonly merchantId: string;
  readonly url: string;
  readonly description: string | null;
  /** Names of events and families (`refund.*`); null: all. */
  readonly eventTypes: readonly string[] | null;
  readonly keys: EndpointKeys;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  readonly disabledReason: DisabledReason | null;
  readonly health: Health;
}

/** What messages are signed with, sealed. */
export interface EndpointKeys {
  readonly secret: string;
  /** Until `oldUntil` messages are signed with it too. */
  readonly oldSecret: string | null;
  readonly oldUntil: Date | null;
}

export interface Health {
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** The first of them. */
  readonly failingSince: Date | null;
}

/** What a merchant may change; what is undefined stays. */
export interface EndpointChanges {
  readonly url?: string | undefined;
  readonly description?: string | null | undefined;
  readonly eventTypes?: readonly string[] | null | undefined;
  readonly enabled?: boolean | undefined;
}
