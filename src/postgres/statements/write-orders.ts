// Plain changes to many orders of one merchant, as one statement. They come in floods: a sale begins, gets its code, is paid.
// For a change that carries more, and for one alone, see write-order.ts.
//
// The same rule holds for each row: every part selects from what the guarded update returned. Of two changes to one
// order the update takes one, and the other is not among the answers.
import type { Change } from '../../orders/ports.ts';
import { digestOf, eventValues, isJudged, paymentValues } from '../change-values.ts';
import type { Statement, Value } from '../statement.ts';
import { type Columns, eventColumns, names, onSamePayment, paymentColumns } from './change-columns.ts';

type Row = Readonly<Record<string, Value>>;

/** What some changes carry and others don't. A statement has the parts that any of its changes carries. */
interface Part {
  readonly letter: string;
  /** What it adds to each row; what a row lacks is null. */
  readonly columns: Columns;
  /** Undefined for a change that doesn't carry it. */
  values(change: Change): Row | undefined;
  readonly sql: string;
}

const orderColumns = {
  n: 'int',
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
  ...prefixed('event', eventColumns),
} as const satisfies Columns;

const eventNames = prefixedNames('event', eventColumns);
const paymentNames = prefixedNames('payment', paymentColumns);

const payment: Part = {
  letter: 'p',
  columns: prefixed('payment', paymentColumns),
  values: ({ payments: [one] }) => one && renamed(paymentValues(one), paymentNames),
  sql: `
    paid as (
      insert into payments (merchant_id, order_id, ${names(paymentColumns)})
      select $1::uuid, order_id, ${names(prefixed('payment', paymentColumns))} from moved where payment_id is not null
      ${onSamePayment}
    )`,
};

/** The messages' bytes travel joined, as one binary parameter: in JSON or an array they would be spelled out. */
const evidence: Part = {
  letter: 'e',
  columns: {
    evidence_id: 'uuid',
    kind: 'text',
    notify_id: 'text',
    received_at: 'timestamptz',
    verdict: 'text',
    key_id: 'text',
    digest: 'text',
    bytes_from: 'int',
    bytes_length: 'int',
  },
  values: ({ evidence: one }) =>
    one === null
      ? undefined
      : {
          evidence_id: one.id,
          kind: one.kind,
          notify_id: one.notifyId,
          received_at: one.receivedAt,
          verdict: one.verdict,
          key_id: one.keyId,
          digest: digestOf(one.bytes),
        },
  sql: `
    kept as (
      insert into evidence (merchant_id, order_id, id, kind, notify_id, received_at, bytes, verdict, key_id, digest)
      select $1::uuid, order_id, evidence_id, kind, notify_id, received_at,
        substring($3::bytea from bytes_from for bytes_length), verdict, key_id, digest
      from moved where evidence_id is not null
    )`,
};

const notification: Part = {
  letter: 'n',
  columns: { judged: 'boolean' },
  values: ({ evidence: one }) => (one !== null && isJudged(one) ? { judged: true } : undefined),
  sql: `
    judged as (
      insert into notification_ids (merchant_id, notify_id, evidence_id)
      select $1::uuid, notify_id, evidence_id from moved where judged
    )`,
};

const found: Part = {
  letter: 'f',
  columns: { found_trade: 'text' },
  values: ({ evidence: one, payments: [paid] }) =>
    one !== null && paid?.tradeNo ? { found_trade: paid.tradeNo } : undefined,
  sql: `
    found as (
      update cases k set state = 'CLOSED', order_id = m.order_id, resolved_at = m.received_at from moved m
      where k.merchant_id = $1 and k.trade_no = any (array(select found_trade from moved))
        and k.trade_no = m.found_trade and k.kind = 'unknown_order' and k.resolved_at is null
    )`,
};

const check: Part = {
  letter: 'd',
  columns: { due_at: 'timestamptz', looked_at: 'timestamptz', tries: 'int' },
  values: ({ check: one }) => (one ? { due_at: one.dueAt, looked_at: one.lookedAt, tries: one.tries } : undefined),
  sql: `
    due as (
      insert into checks (merchant_id, order_id, due_at, looked_at, tries)
      select $1::uuid, order_id, due_at, looked_at, tries from moved where due_at is not null
      on conflict (merchant_id, order_id) do update set due_at = excluded.due_at, looked_at = excluded.looked_at,
        tries = excluded.tries
    )`,
};

const uncheck: Part = {
  letter: 'u',
  columns: { unchecked: 'boolean' },
  values: ({ check: one }) => (one === null ? { unchecked: true } : undefined),
  sql: `
    done as (
      delete from checks where merchant_id = $1 and order_id = any (array(select order_id from moved where unchecked))
    )`,
};

const parts = { payment, evidence, notification, found, check, uncheck };

export type PlainPart = keyof typeof parts;

const partNames = Object.keys(parts) as PlainPart[];

/** One event and at most one payment, with the message that caused them and the next look; nothing that only few changes carry. */
export function isPlain({ events, payments, refunds, cases, step, turn }: Change): boolean {
  const other = refunds.length + cases.length > 0 || step !== null || turn !== null;
  return events.length === 1 && payments.length <= 1 && !other;
}

/**
 * Plain changes as one statement: it answers the number `n` of each change that was written. Sorted by order: two statements
 * that wait for each other's orders would be a deadlock.
 */
export function writeOrdersFor(
  merchantId: string,
  changes: readonly Change[],
): { readonly statement: Statement; readonly values: Value[] } {
  const carried = new Set<PlainPart>();
  const messages: Uint8Array[] = [];
  let bytes_from = 1;
  const rows = changes.map((change, n) => {
    const row: Record<string, Value> = { n, ...orderValues(change) };
    for (const name of partNames) {
      const values = parts[name].values(change);
      if (values === undefined) continue;
      carried.add(name);
      Object.assign(row, values);
    }
    const { bytes } = change.evidence ?? {};
    if (bytes !== undefined) {
      Object.assign(row, { bytes_from, bytes_length: bytes.length });
      bytes_from += bytes.length;
      messages.push(bytes);
    }
    return { id: change.before.id, row };
  });
  rows.sort((one, other) => (one.id < other.id ? -1 : 1));
  const json = JSON.stringify(rows.map(({ row }) => row));
  const values = [merchantId, json, ...(messages.length > 0 ? [Buffer.concat(messages)] : [])];
  return { statement: writeOrders(partNames.filter((name) => carried.has(name))), values };
}

const shapes = new Map<string, Statement>();

/**
 * The statement for plain changes that carry these parts. The array leads to the orders by their key whatever the planner knows:
 * over a table that was never analyzed, the join alone walks all orders of the merchant.
 */
export function writeOrders(present: readonly PlainPart[]): Statement {
  const key = `orders-write:v${present.map((name) => parts[name].letter).join('')}`;
  const known = shapes.get(key) ?? { name: key, text: textOf(present.map((name) => parts[name])) };
  shapes.set(key, known);
  return known;
}

function textOf(present: readonly Part[]): string {
  const columns = Object.assign({}, orderColumns, ...present.map((part) => part.columns));
  const given = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  return `
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
    )${present.map(({ sql }) => `,${sql}`).join('')}
    select n from moved`;
}

function orderValues({ before, after, events: [event] }: Change): Row {
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
    ...(event && renamed(eventValues(event), eventNames)),
  };
}

function prefixed(prefix: string, columns: Columns): Columns {
  return Object.fromEntries(Object.entries(columns).map(([name, type]) => [`${prefix}_${name}`, type]));
}

type Names = readonly (readonly [from: string, to: string])[];

function prefixedNames(prefix: string, columns: Columns): Names {
  return Object.keys(columns).map((name) => [name, `${prefix}_${name}`]);
}

/** Without what is null: it need be neither written nor read. */
function renamed(values: Row, names: Names): Row {
  const row: Record<string, Value> = {};
  for (const [from, to] of names) {
    const value = values[from] ?? null;
    if (value !== null) row[to] = value;
  }
  return row;
}
