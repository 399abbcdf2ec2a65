// Rows about webhooks as the pool answers them, and what they become.
import type { Attempt, Content, Delivery, DeliveryStatus, Due } from '../deliveries/delivery.ts';
import type { DisabledReason, WebhookEndpoint } from '../deliveries/endpoint.ts';
import { type EventRow, toEvent } from './rows.ts';
import { timestamp, timestampOrNull } from './timestamps.ts';

interface KeysRow {
  readonly secret: string;
  readonly old_secret: string | null;
  readonly old_until: string | null;
}

export interface EndpointRow extends KeysRow {
  readonly merchant_id: string;
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly event_types: readonly string[] | null;
  readonly created_at: string;
  readonly disabled_at: string | null;
  readonly disabled_reason: DisabledReason | null;
  readonly failures: number;
  readonly failing_since: string | null;
}

interface AttemptRow {
  readonly at: string;
  readonly status_code: number | null;
  readonly latency_ms: number;
  readonly answer: string | null;
  readonly reason: string | null;
}

export interface DeliveryRow {
  readonly id: string;
  readonly endpoint_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly order_id: string | null;
  readonly status: DeliveryStatus;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly next_attempt_at: string | null;
  readonly attempts: readonly AttemptRow[] | null;
}

/** An event of an order beside it, or a body. */
export type DueRow = KeysRow & {
  readonly owner_id: string;
  readonly endpoint_id: string;
  readonly delivery_id: string;
  readonly tries: number;
  readonly hold: string;
  readonly url: string;
  readonly failures: number;
  readonly event_id: string;
  readonly event_type: string;
} & ((EventRow & { readonly body: null; readonly merchant_order_no: string }) | { readonly body: string });

export function toEndpoint(row: EndpointRow): WebhookEndpoint {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    url: row.url,
    description: row.description,
    eventTypes: row.event_types,
    keys: toKeys(row),
    createdAt: timestamp(row.created_at),
    disabledAt: timestampOrNull(row.disabled_at),
    disabledReason: row.disabled_reason,
    health: { failures: row.failures, failingSince: timestampOrNull(row.failing_since) },
  };
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    eventType: row.event_type,
    orderId: row.order_id,
    status: row.status,
    createdAt: timestamp(row.created_at),
    finishedAt: timestampOrNull(row.finished_at),
    nextAttemptAt: row.status === 'PENDING' ? timestampOrNull(row.next_attempt_at) : null,
    attempts: (row.attempts ?? []).map(toAttempt),
  };
}

export function toDue(row: DueRow): Due {
  return {
    merchantId: row.owner_id,
    deliveryId: row.delivery_id,
    endpoint: { id: row.endpoint_id, url: row.url, keys: toKeys(row) },
    content: toContent(row),
    tries: row.tries,
    failures: row.failures,
    hold: row.hold,
  };
}

function toContent(row: DueRow): Content {
  if (row.body !== null) return { kind: 'own', eventId: row.event_id, type: row.event_type, body: row.body };
  return { kind: 'event', event: { event: toEvent(row), merchantOrderNo: row.merchant_order_no } };
}

function toKeys({ secret, old_secret, old_until }: KeysRow): WebhookEndpoint['keys'] {
  return { secret, oldSecret: old_secret, oldUntil: timestampOrNull(old_until) };
}

function toAttempt(row: AttemptRow): Attempt {
  return {
    at: timestamp(row.at),
    statusCode: row.status_code,
    latencyMs: row.latency_ms,
    answer: row.answer,
    reason: row.reason,
  };
}
