// What a change to an order may carry, each a part of its statement. Every part selects from what the guarded
// update returned (`moved`), so that a change that comes too late writes nothing anywhere.
import { only } from '../statement.ts';
import {
  type Columns,
  caseColumns,
  eventColumns,
  givenColumns,
  names,
  onSamePayment,
  paymentColumns,
  refundColumns,
} from './change-columns.ts';

/** The name of a part's own parameter, counted from 0. */
type Parameter = (index: number) => string;

export interface Part {
  readonly letter: string;
  readonly parameters: number;
  sql($: Parameter): string;
  /** What it adds to the update of the order. */
  set?($: Parameter): string;
}

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
      insert into order_events (merchant_id, order_id, ${names(eventColumns)})
      select m.merchant_id, m.id, ${givenColumns(eventColumns)} from moved m, ${given}
      returning merchant_id, order_id, version
    ), queued as (
      insert into outbox (merchant_id, order_id, version) select merchant_id, order_id, version from noted
    )`;

const pay = (given: string) => `
    paid as (
      insert into payments (merchant_id, order_id, ${names(paymentColumns)})
      select m.merchant_id, m.id, ${givenColumns(paymentColumns)} from moved m, ${given}
      ${onSamePayment}
    )`;

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
 * When the fourth is true they yield to a fact: they reserve no more than is left.
 */
const refunds: Part = {
  letter: 'r',
  parameters: 4,
  set: ($) => {
    const reserved = `${$(2)}::bigint + (
        select coalesce(sum(r.amount_fen), 0)::bigint from refunds r
        where r.merchant_id = $1 and r.order_id = $2 and r.payment_id = $8
          and r.status in ('AWAITING_CONFIRMATION', 'PENDING') and r.id <> all (${$(1)}::uuid[])
      )`;
    return `, reserved_fen = case when ${$(3)}::boolean then least(${reserved}, amount_fen - $6) else ${reserved} end`;
  },
  sql: ($) => `
    refunded as (
      insert into refunds (merchant_id, order_id, ${names(refundColumns)})
      select m.merchant_id, m.id, ${givenColumns(refundColumns)} from moved m, ${manyRows(refundColumns, $)}
      on conflict (merchant_id, id) do update set status = excluded.status,
        failure_sub_code = excluded.failure_sub_code, failure_message = excluded.failure_message,
        failure_message_zh = excluded.failure_message_zh, succeeded_at = excluded.succeeded_at,
        held_until = excluded.held_until
    )`,
};

const evidence: Part = {
  letter: 'e',
  parameters: 8,
  sql: ($) => `
    kept as (
      insert into evidence (merchant_id, order_id, id, kind, notify_id, received_at, bytes, verdict, key_id, digest)
      select merchant_id, id, ${[0, 1, 2, 3, 4, 5, 6, 7].map($).join(', ')} from moved
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

/**
 * Money that came before its order was there is not unknown any more. `resolved_at` says that a case is open, not its
 * state: the index over open cases is no way to find a trade.
 */
const found: Part = {
  letter: 'f',
  parameters: 2,
  sql: ($) => `
    found as (
      update cases set state = 'CLOSED', order_id = $2, resolved_at = ${$(1)}::timestamptz
      where merchant_id = $1 and trade_no = ${only($(0), 'text')} and kind = 'unknown_order' and resolved_at is null
        and exists (select from moved)
    )`,
};

/** A case is opened once a trade and kind, and resolved once. */
const cases: Part = {
  letter: 'c',
  parameters: 1,
  sql: ($) => `
    opened as (
      insert into cases (merchant_id, order_id, ${names(caseColumns)})
      select m.merchant_id, m.id, ${givenColumns(caseColumns)} from moved m, ${manyRows(caseColumns, $)}
      on conflict (merchant_id, trade_no, kind) do update set state = excluded.state, resolved_at = excluded.resolved_at,
        note = excluded.note where cases.state = 'OPEN' and cases.id = excluded.id
    )`,
};

/** A refund that waits is an operation of the same id; one that failed before and is asked for again waits anew. */
const asked: Part = {
  letter: 'a',
  parameters: 8,
  sql: ($) => `
    asked as (
      insert into operations (merchant_id, order_id, id, kind, asked_by, asked_at, summary, expires_at)
      select merchant_id, id, ${$(0)}::uuid, ${$(1)}, ${$(2)}, ${$(3)}::timestamptz, ${$(4)}, ${$(5)}::timestamptz from moved
      on conflict (merchant_id, id) do update set state = 'WAITING', kind = excluded.kind, asked_by = excluded.asked_by,
        asked_at = excluded.asked_at, summary = excluded.summary, expires_at = excluded.expires_at,
        decided_by = null, decided_at = null
      returning *
    ), asked_noted as (
      insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
      select merchant_id, ${$(6)}::uuid, ${$(7)}, asked_at, 'operation.asked', id,
        jsonb_build_object('kind', kind, 'summary', summary) from asked
    )`,
};

const decided: Part = {
  letter: 'k',
  parameters: 6,
  sql: ($) => `
    decided as (
      update operations set state = ${$(1)}, decided_by = ${$(2)}, decided_at = ${$(3)}::timestamptz
      where merchant_id = $1 and id = ${only($(0), 'uuid')} and state = 'WAITING' and exists (select from moved)
      returning *
    ), decided_noted as (
      insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
      select merchant_id, ${$(4)}::uuid, ${$(5)}, decided_at, 'operation.' || lower(state), id,
        jsonb_build_object('kind', kind, 'summary', summary) from decided
    )`,
};

/** No "on conflict" with another refund's turn: two that were summed up at once must not both be the n-th. */
const turn: Part = {
  letter: 't',
  parameters: 4,
  sql: ($) => `
    turned as (
      insert into asked_refunds (merchant_id, refund_id, asked_by, day, turn)
      select merchant_id, ${$(0)}::uuid, ${$(1)}, ${$(2)}::date, ${$(3)}::int from moved
      on conflict (merchant_id, refund_id) do update set asked_by = excluded.asked_by, day = excluded.day, turn = excluded.turn
    )`,
};

const check: Part = {
  letter: 'd',
  parameters: 3,
  sql: ($) => `
    due as (
      insert into checks (merchant_id, order_id, due_at, looked_at, tries)
      select merchant_id, id, ${$(0)}::timestamptz, ${$(1)}::timestamptz, ${$(2)}::int from moved
      on conflict (merchant_id, order_id) do update set due_at = excluded.due_at, looked_at = excluded.looked_at,
        tries = excluded.tries
    )`,
};

const uncheck: Part = {
  letter: 'u',
  parameters: 0,
  sql: () => `
    done as (
      delete from checks where merchant_id = $1 and order_id = any (array(select id from moved))
    )`,
};

/** In the order of their parameters. */
export const partNames = [
  'event',
  'events',
  'payment',
  'payments',
  'refunds',
  'evidence',
  'notification',
  'found',
  'asked',
  'decided',
  'turn',
  'cases',
  'check',
  'uncheck',
] as const;

export type PartName = (typeof partNames)[number];

export const parts: Readonly<Record<PartName, Part>> = {
  event,
  events,
  payment,
  payments,
  refunds,
  evidence,
  notification,
  found,
  asked,
  decided,
  turn,
  cases,
  check,
  uncheck,
};
