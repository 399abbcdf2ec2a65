// What happened, what still has to be told, and the signed messages behind it.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { EventType } from '../../orders/event.ts';
import { evidenceKinds, fillsSha256, orderStatuses, verdicts } from './checks.ts';

/** Append-only: a trigger refuses every change. `data` is text, because jsonb does not keep the hashed bytes. */
export const OrderEvents = defineEntity({
  name: 'OrderEvents',
  tableName: 'order_events',
  properties: {
    merchantId: p.uuid().primary(),
    orderId: p.uuid().primary(),
    version: p.integer().primary(),
    id: p.uuid(),
    type: p.text().$type<EventType>(),
    status: p.enum(orderStatuses),
    occurredAt: p.datetime(3),
    data: p.text(),
    evidenceId: p.uuid().nullable(),
    prevHash: p.text(),
    hash: p.text(),
  },
  checks: [
    { name: 'order_events_version_check', expression: 'version > 0' },
    { name: 'order_events_prev_hash_check', expression: fillsSha256('prev_hash') },
    { name: 'order_events_hash_check', expression: fillsSha256('hash') },
  ],
});

/** One row an event until the relay has passed it on. */
export const Outbox = defineEntity({
  name: 'Outbox',
  tableName: 'outbox',
  properties: {
    merchantId: p.uuid().primary(),
    orderId: p.uuid().primary(),
    version: p.integer().primary(),
  },
});

/** The notifications judged for good; narrow, because its unique key is looked up for every one that arrives. */
export const NotificationIds = defineEntity({
  name: 'NotificationIds',
  tableName: 'notification_ids',
  properties: {
    merchantId: p.uuid().primary(),
    notifyId: p.text().primary(),
    evidenceId: p.uuid(),
  },
});

/** Append-only. A notification for an unknown order is kept once, however often it is sent again. `digest`: SHA-256 of the bytes. */
export const EvidenceRecords = defineEntity({
  name: 'EvidenceRecords',
  tableName: 'evidence',
  properties: {
    merchantId: p.uuid().primary(),
    id: p.uuid().primary(),
    orderId: p.uuid().nullable(),
    kind: p.enum(evidenceKinds),
    notifyId: p.text().nullable(),
    receivedAt: p.datetime(3),
    bytes: p.blob(),
    verdict: p.enum(verdicts),
    keyId: p.text().nullable(),
    digest: p.text().nullable(),
  },
  uniques: [
    {
      name: 'evidence_unknown_order_key',
      properties: ['merchantId', 'notifyId'],
      where: `verdict = 'unknown_order'::text`,
    },
  ],
});

/** Append-only. Alipay's keys that messages were verified with, by the fingerprint of the public key. */
export const VerificationKeys = defineEntity({
  name: 'VerificationKeys',
  tableName: 'verification_keys',
  properties: {
    keyId: p.text().primary(),
    publicKey: p.text(),
    certificate: p.text().nullable(),
    firstSeenAt: p.datetime(3),
  },
  checks: [{ name: 'verification_keys_key_id_check', expression: fillsSha256('key_id') }],
});
