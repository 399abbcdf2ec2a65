// One change to one order, as one statement. The guarded update drives it: every other part selects from
// what the update returned, so a change that comes too late writes nothing anywhere.
//
// A change pays only for what it carries. The shapes are named by their parts: `order-write:vpn` moves the
// order with one event, one payment and the notification that caused it. One event or payment, as nearly
// every change has, travels as plain parameters, which cost the server far less than a JSON list.
import type { Statement, Value } from '../statement.ts';

export type PartName = 'event' | 'events' | 'payment' | 'payments' | 'refunds' | 'evidence' | 'notification' | 'cases';

/** The name of a part's own parameter, counted from 0. */
type Parameter = (index: number) => string;

interface Part {
  readonly letter: string;
  readonly parameters: number;
  sql($: Parameter): string;
  /** What it adds to the update of the order. */
  set?($: Parameter): string;
}

const move = (set: string) => `
    moved as (
      update orders set version = $4, status = $5, refunded_fen = $6, paid_at = $7, paid_payment_id = $8, expires_at = $9,
        last_hash = $10${set}
      where merchant_id = $1 and id = $2 and version = $3
      returning merchant_id, id
    )`;

const SHARED_PARAMETERS = 10;

/** Columns of rows that come with a change, with their types. */
export type Columns = Readonly<Record<string, string>>;

export const eventColumns = {
  version: 'int',
  id: 'uuid',
  type: 'text',
  status: 'text',
  occurred_at: 'timestamptz',
  data: 'text',
  evidence_id: 'uuid',
  prev_hash: 'text',
  hash: 'text',
} as const satisfies Columns;

export const paymentColumns = {
  id: 'uuid',
  method: 'text',
  status: 'text',
  amount_fen: 'bigint',
  out_trade_no: 'text',
  trade_no: 'text',
  qr_content: 'text',
  qr_expires_at: 'timestamptz',
  failure_sub_code: 'text',
  failure_message: 'text',
  created_at: 'timestamptz',
  succeeded_at: 'timestamptz',
} as const satisfies Columns;

/** One row, a parameter for each column. */
function oneRow(columns: Columns, $: Parameter): string {
  const values = Object.entries(columns).map(([name, type], index) => `${$(index)}::${type} as ${name}`);
  return `(select ${values.join(', ')}) as given`;
}

/** Any number of rows, as one JSON list. */
function manyRows(columns: Columns, $: Parameter): string {
  const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  return `json_to_recordset(${$(0)}::json) as given (${typed.join(', ')})`;
}

const note = (given: string) => `
    noted as (
      insert into order_events (merchant_id, order_id, ${Object.keys(eventColumns).join(', ')})
      select m.merchant_id, m.id, ${givenColumns(eventColumns)} from moved m, ${given}
      returning merchant_id, order_id, version
    ), queued as (
      insert into outbox (merchant_id, order_id, version) select merchant_id, order_id, version from noted
    )`;

/** A payment that is there already changes; what it was made of stays. */
export const onSamePayment = `on conflict (merchant_id, id) do update set status = excluded.status,
        trade_no = excluded.trade_no, qr_content = excluded.qr_content, qr_expires_at = excluded.qr_expires_at,
        failure_sub_code = excluded.failure_sub_code, failure_message = excluded.failure_message,
        succeeded_at = excluded.succeeded_at`;

const pay = (given: string) => `
    paid as (
      insert into payments (merchant_id, order_id, ${Object.keys(paymentColumns).join(', ')})
      select m.merchant_id, m.id, ${givenColumns(paymentColumns)} from moved m, ${given}
      ${onSamePayment}
    )`;

function givenColumns(columns: Columns): string {
  return Object.keys(columns)
    .map((name) => `given.${name}`)
    .join(', ');
}

const event: Part = {
  letter: 'v',
  parameters: Object.keys(eventColumns).length,
  sql: ($) => note(oneRow(eventColumns, $)),
};

const events: Part = { letter: 'V', parameters: 1, sql: ($) => note(manyRows(eventColumns, $)) };

const payment: Part = {
  letter: 'p',
  parameters: Object.keys(paymentColumns).length,
  sql: ($) => pay(oneRow(paymentColumns, $)),
};

const payments: Part = { letter: 'P', parameters: 1, sql: ($) => pay(manyRows(paymentColumns, $)) };

/**
 * Open refunds of the payment that made the order PAID reserve their amount: those in this change (their
 * sum is the third parameter) and the others, whose rows can't have changed since without a new version.
 */
const refunds: Part = {
  letter: 'r',
  parameters: 3,
  set: ($) => `, reserved_fen = ${$(2)} + (
        select coalesce(sum(r.amount_fen), 0) from refunds r
        where r.merchant_id = $1 and r.order_id = $2 and r.payment_id = $8
          and r.status in ('AWAITING_CONFIRMATION', 'PENDING') and r.id <> all (${$(1)}::uuid[])
      )`,
  sql: ($) => `
    refunded as (
      insert into refunds (merchant_id, order_id, id, payment_id, refund_no, amount_fen, reason, status,
        failure_sub_code, failure_message, created_at, succeeded_at)
      select m.merchant_id, m.id, r.id, r.payment_id, r.refund_no, r.amount_fen, r.reason, r.status,
        r.failure_sub_code, r.failure_message, r.created_at, r.succeeded_at
      from moved m, json_to_recordset(${$(0)}::json) as r (id uuid, payment_id uuid, refund_no text, amount_fen bigint,
        reason text, status text, failure_sub_code text, failure_message text, created_at timestamptz,
        succeeded_at timestamptz)
      on conflict (merchant_id, id) do update set status = excluded.status,
        failure_sub_code = excluded.failure_sub_code, failure_message = excluded.failure_message,
        succeeded_at = excluded.succeeded_at
    )`,
};

const evidence: Part = {
  letter: 'e',
  parameters: 6,
  sql: ($) => `
    kept as (
      insert into evidence (merchant_id, order_id, id, kind, notify_id, received_at, bytes, verdict)
      select merchant_id, id, ${[0, 1, 2, 3, 4, 5].map($).join(', ')} from moved
    )`,
};

/** No "on conflict": two that judge the same notification must not both move the order. */
const notification: Part = {
  letter: 'n',
  parameters: 2,
  sql: ($) => `
    judged as (
      insert into notification_ids (merchant_id, notify_id, evidence_id)
      select merchant_id, ${$(0)}, ${$(1)}::uuid from moved
    )`,
};

const cases: Part = {
  letter: 'c',
  parameters: 1,
  sql: ($) => `
    opened as (
      insert into cases (merchant_id, order_id, id, kind, amount_fen, out_trade_no, trade_no, evidence_id, opened_at)
      select m.merchant_id, m.id, c.id, c.kind, c.amount_fen, c.out_trade_no, c.trade_no, c.evidence_id, c.opened_at
      from moved m, json_to_recordset(${$(0)}::json) as c (id uuid, kind text, amount_fen bigint, out_trade_no text,
        trade_no text, evidence_id uuid, opened_at timestamptz)
      on conflict (merchant_id, trade_no, kind) do nothing
    )`,
};

const parts: Readonly<Record<PartName, Part>> = {
  event,
  events,
  payment,
  payments,
  refunds,
  evidence,
  notification,
  cases,
};
const partNames: readonly PartName[] = [
  'event',
  'events',
  'payment',
  'payments',
  'refunds',
  'evidence',
  'notification',
  'cases',
];

const shapes = new Map<string, Statement>();

/** What a change carries: for each part its parameters. */
export type Carried = Partial<Record<PartName, readonly Value[]>>;

/** The statement for what a change carries. It answers one row, or none when the order has moved on. */
export function writeOrder(carried: Carried): Statement {
  const present = partNames.filter((name) => carried[name] !== undefined);
  const key = `order-write:${present.map((name) => parts[name].letter).join('')}`;
  const known = shapes.get(key) ?? { name: key, text: textOf(present.map((name) => parts[name])) };
  shapes.set(key, known);
  return known;
}

/** The values in the order in which the statement counts them. */
export function writeOrderValues(shared: readonly Value[], carried: Carried): Value[] {
  return [...shared, ...partNames.flatMap((name) => carried[name] ?? [])];
}

function textOf(present: readonly Part[]): string {
  let used = SHARED_PARAMETERS;
  const sets: string[] = [];
  const sqls: string[] = [];
  for (const part of present) {
    const base = used + 1;
    const name = (index: number) => `$${base + index}`;
    used += part.parameters;
    sets.push(part.set?.(name) ?? '');
    sqls.push(part.sql(name));
  }
  return `with ${[move(sets.join('')), ...sqls].join(',')} select 1 from moved`;
}
