// Changes to many orders of one merchant, as one statement, in the shape that comes in floods: each moves its order
// with one event, one payment and the notification that caused it, and is done. For any other, and for one alone, see write-order.ts.
//
// The same rule holds for each row: every part selects from what the guarded update returned. Of two changes to one
// order the update takes one, and the other is not among the answers.
import type { Change } from '../../orders/ports.ts';
import { digestOf, eventValues, paymentValues } from '../change-values.ts';
import type { Statement, Value } from '../statement.ts';
import { type Columns, eventColumns, names, onSamePayment, paymentColumns } from './change-columns.ts';

const orderTypes = {
  order_id: 'uuid',
  before: 'int',
  version: 'int',
  status: 'text',
  refunded_fen: 'bigint',
  paid_at: 'timestamptz',
  paid_payment_id: 'uuid',
  expires_at: 'timestamptz',
  last_hash: 'text',
  undo_at: 'timestamptz',
} as const satisfies Columns;

/** The messages' bytes travel joined, as one binary parameter: in JSON or an array they would be spelled out. */
const evidenceTypes = {
  evidence_id: 'uuid',
  kind: 'text',
  notify_id: 'text',
  received_at: 'timestamptz',
  verdict: 'text',
  key_id: 'text',
  digest: 'text',
  bytes_from: 'int',
  bytes_length: 'int',
} as const satisfies Columns;

const types: Columns = {
  n: 'int',
  ...orderTypes,
  ...prefixed('event', eventColumns),
  ...prefixed('payment', paymentColumns),
  ...evidenceTypes,
};
const given = Object.entries(types).map(([name, type]) => `${name} ${type}`);

/**
 * Answers the number `n` of each change that was written. The array leads to the orders by their key whatever the
 * planner knows: over a table that was never analyzed, the join alone walks all orders of the merchant.
 */
export const writeOrders: Statement = {
  name: 'orders-write',
  text: `
    with given as materialized (
      select * from json_to_recordset($2::json) as given (${given.join(', ')})
    ), moved as (
      update orders o set version = g.version, status = g.status, refunded_fen = g.refunded_fen, paid_at = g.paid_at,
        paid_payment_id = g.paid_payment_id, expires_at = g.expires_at, last_hash = g.last_hash, undo_at = g.undo_at
      from given g
      where o.merchant_id = $1 and o.id = any (array(select order_id from given))
        and o.id = g.order_id and o.version = g.before
      returning g.*
    ), noted as (
      insert into order_events (merchant_id, order_id, ${names(eventColumns)})
      select $1::uuid, order_id, ${names(prefixed('event', eventColumns))} from moved
    ), queued as (
      insert into outbox (merchant_id, order_id, version) select $1::uuid, order_id, event_version from moved
    ), paid as (
      insert into payments (merchant_id, order_id, ${names(paymentColumns)})
      select $1::uuid, order_id, ${names(prefixed('payment', paymentColumns))} from moved
      ${onSamePayment}
    ), kept as (
      insert into evidence (merchant_id, order_id, id, kind, notify_id, received_at, bytes, verdict, key_id, digest)
      select $1::uuid, order_id, evidence_id, kind, notify_id, received_at,
        substring($3::bytea from bytes_from for bytes_length), verdict, key_id, digest from moved
    ), judged as (
      insert into notification_ids (merchant_id, notify_id, evidence_id) select $1::uuid, notify_id, evidence_id from moved
    ), found as (
      update cases k set state = 'CLOSED', order_id = m.order_id, resolved_at = m.received_at from moved m
      where k.merchant_id = $1 and k.trade_no = any (array(select payment_trade_no from moved))
        and k.trade_no = m.payment_trade_no and k.kind = 'unknown_order' and k.resolved_at is null
    ), done as (
      delete from checks where merchant_id = $1 and order_id = any (array(select order_id from moved))
    )
    select n from moved`,
};

/** Sorted by order: two statements that wait for each other's orders would be a deadlock. */
export function writeOrdersValues(merchantId: string, changes: readonly Change[]): Value[] {
  const messages = changes.map(({ evidence }) => evidence?.bytes ?? new Uint8Array());
  let end = 1;
  const rows = changes.map((change, n) => {
    const bytes_length = messages[n]?.length ?? 0;
    const bytes_from = end;
    end += bytes_length;
    return { n, ...orderValues(change), ...partsValues(change), bytes_from, bytes_length };
  });
  rows.sort((one, other) => (one.order_id < other.order_id ? -1 : 1));
  return [merchantId, JSON.stringify(rows), Buffer.concat(messages)];
}

function orderValues({ before, after }: Change): Record<keyof typeof orderTypes, Value> & { order_id: string } {
  return {
    order_id: before.id,
    before: before.version,
    version: after.version,
    status: after.status,
    refunded_fen: after.refundedFen.toString(),
    paid_at: after.paidAt,
    paid_payment_id: after.paidPaymentId,
    expires_at: after.expiresAt,
    last_hash: after.lastHash,
    undo_at: after.undoAt,
  };
}

function partsValues({ events: [event], payments: [payment], evidence }: Change): Readonly<Record<string, Value>> {
  return {
    ...(event && prefixed('event', eventValues(event))),
    ...(payment && prefixed('payment', paymentValues(payment))),
    ...(evidence && {
      evidence_id: evidence.id,
      kind: evidence.kind,
      notify_id: evidence.notifyId,
      received_at: evidence.receivedAt,
      verdict: evidence.verdict,
      key_id: evidence.keyId,
      digest: digestOf(evidence.bytes),
    }),
  };
}

function prefixed<V>(prefix: string, columns: Readonly<Record<string, V>>): Record<string, V> {
  return Object.fromEntries(Object.entries(columns).map(([name, value]) => [`${prefix}_${name}`, value]));
}
