import { only, type Statement } from '../statement.ts';

const opened = `
    opened as (
      insert into cases (merchant_id, id, order_id, kind, amount_fen, out_trade_no, trade_no, evidence_id, opened_at)
      select k.merchant_id, $11::uuid, k.order_id, $12::text, $13::bigint, $14::text, $15::text, k.id, $16::timestamptz
      from kept k where $11::uuid is not null
      on conflict (merchant_id, trade_no, kind) do nothing
    )`;

/** Its order is there by now: what was opened for the same trade before that is over. See write-order-parts.ts. */
const found = `
    found as (
      update cases k set state = 'CLOSED', order_id = $3, resolved_at = $6 from judged
      where k.merchant_id = $1 and k.kind = 'unknown_order' and k.resolved_at is null and k.trade_no = any (array(
        select p.trade_no from payments p where p.merchant_id = $1 and p.order_id = ${only('$3', 'uuid')}
        union all select c.trade_no from cases c where c.merchant_id = $1 and c.order_id = ${only('$3', 'uuid')}
      ))
    )`;

/** A notification judged for good: its id comes first, and a repeat changes nothing. */
export const recordNotification: Statement = {
  name: 'inbox-record-notification',
  text: `
    with judged as (
      insert into notification_ids (merchant_id, notify_id, evidence_id) values ($1, $5, $2)
      on conflict do nothing returning merchant_id
    ), kept as (
      insert into evidence (merchant_id, id, order_id, kind, notify_id, received_at, bytes, verdict, key_id, digest)
      select merchant_id, $2, $3, $4, $5, $6, $7, $8, $9, $10 from judged
      returning merchant_id, id, order_id
    ), ${found}, ${opened}
    select 1 from kept`,
};

/** A message that is not judged for good: an answer, or a notification whose order is unknown, kept once. */
export const recordEvidence: Statement = {
  name: 'inbox-record-evidence',
  text: `
    with kept as (
      insert into evidence (merchant_id, id, order_id, kind, notify_id, received_at, bytes, verdict, key_id, digest)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      on conflict do nothing
      returning merchant_id, id, order_id
    ), ${opened}
    select 1 from kept`,
};
