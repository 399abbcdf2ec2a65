// What waits for a second person, what a day's refunds come to, and one-time codes.
import { defineEntity, p } from '@mikro-orm/postgresql';
import { fillsSha256, operationKinds, operationStates } from './checks.ts';

export const Operations = defineEntity({
  name: 'Operations',
  tableName: 'operations',
  properties: {
    merchantId: p.uuid().primary(),
    id: p.uuid().primary(),
    kind: p.enum(operationKinds),
    orderId: p.uuid().nullable(),
    askedBy: p.text(),
    askedAt: p.datetime(3),
    summary: p.text(),
    digest: p.text().nullable(),
    state: p.enum(operationStates).default('WAITING'),
    expiresAt: p.datetime(3),
    decidedBy: p.text().nullable(),
    decidedAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'operations_waiting_idx', properties: ['merchantId', 'id'], where: `state = 'WAITING'::text` },
    {
      name: 'operations_expiry_idx',
      properties: ['expiresAt'],
      where: `(state = ANY (ARRAY['WAITING'::text, 'APPROVED'::text])) AND digest IS NOT NULL`,
    },
  ],
  uniques: [
    {
      name: 'operations_open_key',
      properties: ['merchantId', 'askedBy', 'digest'],
      where: `state = ANY (ARRAY['WAITING'::text, 'APPROVED'::text])`,
    },
  ],
  checks: [
    { name: 'operations_digest_check', expression: fillsSha256('digest') },
    { name: 'operations_about_check', expression: '(order_id is null) = (digest is not null)' },
  ],
});

/** Where a policy sums up: the place of each refund among those that a credential asked for on a day. */
export const AskedRefunds = defineEntity({
  name: 'AskedRefunds',
  tableName: 'asked_refunds',
  properties: {
    merchantId: p.uuid().primary(),
    refundId: p.uuid().primary(),
    askedBy: p.text(),
    day: p.date(),
    turn: p.integer(),
  },
  uniques: [{ name: 'asked_refunds_turn_key', properties: ['merchantId', 'askedBy', 'day', 'turn'] }],
  checks: [{ name: 'asked_refunds_turn_check', expression: 'turn > 0' }],
});

/** Sealed. `offered` counts once a code of it has come. */
export const TotpRecords = defineEntity({
  name: 'TotpRecords',
  tableName: 'totps',
  properties: {
    merchantId: p.uuid().primary(),
    owner: p.text().primary(),
    active: p.text().nullable(),
    offered: p.text().nullable(),
    lastStep: p.bigint().defaultRaw('0'),
    tries: p.integer().defaultRaw('0'),
    triesSince: p.datetime(3).nullable(),
  },
  checks: [{ name: 'totps_tries_check', expression: 'tries >= 0' }],
});
