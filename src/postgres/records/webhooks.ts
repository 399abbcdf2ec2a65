// Where merchants are told of events, what is owed to them, and what came of it.
import { defineEntity, p } from '@mikro-orm/postgresql';
import { deliveryStatuses, disabledReasons, lengthBetween } from './checks.ts';

/** `place` is one of the merchant's twenty. */
export const WebhookEndpoints = defineEntity({
  name: 'WebhookEndpoints',
  tableName: 'webhook_endpoints',
  properties: {
    merchantId: p.uuid().primary(),
    id: p.uuid().primary(),
    place: p.integer(),
    url: p.text(),
    description: p.text().nullable(),
    eventTypes: p.array().columnType('text[]').nullable(),
    secret: p.text(),
    oldSecret: p.text().nullable(),
    oldUntil: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
    disabledAt: p.datetime(3).nullable(),
    disabledReason: p.enum(disabledReasons).nullable(),
    failures: p.integer().defaultRaw('0'),
    failingSince: p.datetime(3).nullable(),
    restsUntil: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'webhook_endpoints_place_key', properties: ['merchantId', 'place'] }],
  checks: [
    { name: 'webhook_endpoints_place_check', expression: 'place >= 1 and place <= 20' },
    { name: 'webhook_endpoints_url_check', expression: lengthBetween('url', 1, 2_000) },
    { name: 'webhook_endpoints_failures_check', expression: 'failures >= 0' },
    { name: 'webhook_endpoints_disabled_check', expression: '(disabled_at is null) = (disabled_reason is null)' },
  ],
});

export const WebhookDeliveries = defineEntity({
  name: 'WebhookDeliveries',
  tableName: 'webhook_deliveries',
  properties: {
    merchantId: p.uuid().primary(),
    id: p.uuid().primary(),
    endpointId: p.uuid(),
    eventId: p.uuid(),
    eventType: p.text(),
    orderId: p.uuid().nullable(),
    version: p.integer().nullable(),
    body: p.text().nullable(),
    status: p.enum(deliveryStatuses),
    createdAt: p.datetime(3),
    finishedAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'webhook_deliveries_endpoint_idx', properties: ['merchantId', 'endpointId', 'id'] },
    { name: 'webhook_deliveries_order_idx', properties: ['merchantId', 'orderId', 'id'] },
    { name: 'webhook_deliveries_status_idx', properties: ['merchantId', 'status', 'id'] },
  ],
  checks: [
    {
      name: 'webhook_deliveries_content_check',
      expression: '(body is null) = (order_id is not null) and (order_id is null) = (version is null)',
    },
    { name: 'webhook_deliveries_finished_check', expression: `(status = 'PENDING') = (finished_at is null)` },
  ],
});

export const WebhookAttempts = defineEntity({
  name: 'WebhookAttempts',
  tableName: 'webhook_attempts',
  properties: {
    merchantId: p.uuid().primary(),
    deliveryId: p.uuid().primary(),
    number: p.integer().primary(),
    at: p.datetime(3),
    statusCode: p.integer().nullable(),
    latencyMs: p.integer(),
    answer: p.text().nullable(),
    reason: p.text().nullable(),
  },
  checks: [
    { name: 'webhook_attempts_number_check', expression: 'number > 0' },
    { name: 'webhook_attempts_answer_check', expression: 'char_length(answer) <= 1024' },
  ],
});

/** Pending deliveries. `lane` is the order, or the delivery itself when it is about none; `turn` is the version. */
export const WebhookQueue = defineEntity({
  name: 'WebhookQueue',
  tableName: 'webhook_queue',
  properties: {
    merchantId: p.uuid().primary(),
    endpointId: p.uuid().primary(),
    lane: p.uuid().primary(),
    turn: p.integer().primary(),
    deliveryId: p.uuid(),
    dueAt: p.datetime(3),
    tries: p.integer().defaultRaw('0'),
    takenUntil: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'webhook_queue_due_idx', properties: ['merchantId', 'endpointId', 'dueAt'] },
    { name: 'webhook_queue_taken_idx', properties: ['merchantId', 'endpointId', 'takenUntil'] },
  ],
  checks: [{ name: 'webhook_queue_tries_check', expression: 'tries >= 0' }],
});
