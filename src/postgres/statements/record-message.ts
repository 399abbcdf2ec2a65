import type { Statement } from '../statement.ts';

const opened = `
    opened as (
      insert into cases (merchant_id, id, order_id, kind, amount_fen, out_trade_no, trade_no, evidence_id, opened_at)
      select k.merchant_id, $9::uuid, k.order_id, $10::text, $11::bigint, $12::text, $13::text, k.id, $14::timestamptz
      from kept k where $9::uuid is not null
      on conflict (merchant_id, trade_no, kind) do nothing
    )`;

/** A notification judged for good: its id comes first, and a repeat changes nothing. */
export const recordNotification: Statement = {
  name: 'inbox-record-notification',
  text: `
    with judged as (
      insert into notification_ids (merchant_id, notify_id, evidence_id) values ($1, $5, $2)
      on conflict do nothing returning merchant_id
    ), kept as (
      insert into evidence (merchant_id, id, order_id, kind, notify_id, received_at, bytes, verdict)
      select merchant_id, $2, $3, $4, $5, $6, $7, $8 from judged
      returning merchant_id, id, order_id
    ), ${opened}
    select 1 from kept`,
};

/** A message that is not judged for good: an answer, or a notification whose order is unknown, kept once. */
export const recordEvidence: Statement = {
  name: 'inbox-record-evidence',
  text: `
    with kept as (
      insert into evidence (merchant_id, id, order_id, kind, notify_id, received_at, bytes, verdict)
      values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict do nothing
      returning merchant_id, id, order_id
    ), ${opened}
    select 1 from kept`,
};
