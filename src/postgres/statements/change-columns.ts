// What the rows that come with a change are made of. The order of the columns is that of their parameters.

/** Columns with their types. */
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
  offer: 'text',
  payable_until: 'timestamptz',
  cancel_at: 'timestamptz',
  code_hash: 'text',
  channel_end: 'text',
  refunded_total_fen: 'bigint',
  failure_sub_code: 'text',
  failure_message: 'text',
  failure_message_zh: 'text',
  created_at: 'timestamptz',
  succeeded_at: 'timestamptz',
} as const satisfies Columns;

export const refundColumns = {
  id: 'uuid',
  payment_id: 'uuid',
  refund_no: 'text',
  amount_fen: 'bigint',
  reason: 'text',
  status: 'text',
  failure_sub_code: 'text',
  failure_message: 'text',
  failure_message_zh: 'text',
  tried_at: 'timestamptz',
  created_at: 'timestamptz',
  succeeded_at: 'timestamptz',
  held_until: 'timestamptz',
} as const satisfies Columns;

export const caseColumns = {
  id: 'uuid',
  kind: 'text',
  amount_fen: 'bigint',
  out_trade_no: 'text',
  trade_no: 'text',
  evidence_id: 'uuid',
  policy: 'text',
  state: 'text',
  opened_at: 'timestamptz',
  resolved_at: 'timestamptz',
  note: 'text',
} as const satisfies Columns;

/** A payment that is there already changes; what it was made of stays, and what has been heard never shrinks. */
export const onSamePayment = `on conflict (merchant_id, id) do update set status = excluded.status,
        trade_no = excluded.trade_no, offer = excluded.offer, payable_until = excluded.payable_until,
        cancel_at = excluded.cancel_at,
        channel_end = excluded.channel_end, code_hash = excluded.code_hash,
        refunded_total_fen = greatest(payments.refunded_total_fen, excluded.refunded_total_fen),
        failure_sub_code = excluded.failure_sub_code, failure_message = excluded.failure_message,
        failure_message_zh = excluded.failure_message_zh, succeeded_at = excluded.succeeded_at`;

/** What an insert takes from the rows called `given`. */
export function givenColumns(columns: Columns): string {
  return Object.keys(columns)
    .map((name) => `given.${name}`)
    .join(', ');
}

export function names(columns: Columns): string {
  return Object.keys(columns).join(', ');
}
