// The durable work of each workload as one statement: the rows that the gateway writes, columns and hashes alike.
import { keyId } from './money-statements.ts';

export const insertOrder = {
  name: 'limit-insert',
  text: `
    with made as (
      insert into orders (merchant_id, id, account_id, merchant_order_no, content_hash, subject, amount_fen, status,
        version, store_id, terminal_id, created_at, expires_at, last_hash)
      values ($1, $2, $3, $4, $5, $6, $7, 'PENDING', 1, $8, $9, $10, $11, $12)
      on conflict (merchant_id, merchant_order_no) do nothing
      returning merchant_id, id
    ), noted as (
      insert into order_events (merchant_id, order_id, version, id, type, status, occurred_at, data, prev_hash, hash)
      select merchant_id, id, 1, $13::uuid, 'order.created', 'PENDING', $10::timestamptz, $14::text, repeat('0', 64), $12
      from made
    ), queued as (
      insert into outbox (merchant_id, order_id, version) select merchant_id, id, 1 from made
    ), due as (
      insert into checks (merchant_id, order_id, due_at, looked_at)
      select merchant_id, id, $11::timestamptz, $10::timestamptz from made
    )
    select 1 from made`,
};

/**
 * A notification of a payment: $3 out_trade_no, $4 fen, $5 when, $6 paid at, $7 a payment for an order that has none, $8 event, $9 evidence,
 * $10 trade_no, $11 the event's data, $12 the time as text, $13 notify_id, $14 the body.
 */
export const applyPaid = {
  name: 'limit-apply-paid',
  text: `
    with found as (
      select o.merchant_id, o.id, o.version, o.last_hash, coalesce(p.id, $7::uuid) as payment_id
      from orders o left join payments p on p.merchant_id = o.merchant_id and p.order_id = o.id and p.trade_no is null
      where o.merchant_id = $1 and o.account_id = $2 and o.merchant_order_no = $3 and o.amount_fen = $4
        and o.status = 'PENDING'
    ), moved as (
      update orders o set status = 'PAID', version = f.version + 1, paid_at = $6, paid_payment_id = f.payment_id,
        last_hash = encode(sha256(convert_to(concat_ws(E'\\n', f.last_hash, $8::uuid, f.merchant_id, f.id, f.version + 1,
          'payment.succeeded', 'PAID', $12::text, $9::uuid, $11::text), 'UTF8')), 'hex')
      from found f
      where o.merchant_id = f.merchant_id and o.id = f.id and o.version = f.version
      returning o.merchant_id, o.id, o.version, o.last_hash, o.paid_payment_id, f.last_hash as prev_hash
    ), noted as (
      insert into order_events (merchant_id, order_id, version, id, type, status, occurred_at, data, evidence_id,
        prev_hash, hash)
      select merchant_id, id, version, $8, 'payment.succeeded', 'PAID', $5::timestamptz, $11, $9, prev_hash, last_hash
      from moved
    ), queued as (
      insert into outbox (merchant_id, order_id, version) select merchant_id, id, version from moved
    ), paid as (
      insert into payments (merchant_id, order_id, id, method, status, amount_fen, out_trade_no, trade_no, created_at,
        succeeded_at)
      select merchant_id, id, paid_payment_id, 'QR_CODE', 'SUCCEEDED', $4, $3, $10::text, $5, $6 from moved
      on conflict (merchant_id, id) do update set status = excluded.status, trade_no = excluded.trade_no,
        succeeded_at = excluded.succeeded_at
    ), kept as (
      insert into evidence (merchant_id, order_id, id, kind, notify_id, received_at, bytes, verdict, key_id, digest)
      select merchant_id, id, $9, 'notification', $13::text, $5, $14::bytea, 'applied', ${keyId},
        encode(sha256($14), 'hex') from moved
    ), judged as (
      insert into notification_ids (merchant_id, notify_id, evidence_id) select merchant_id, $13, $9 from moved
    ), done as (
      delete from checks where merchant_id = $1 and order_id = any (array(select id from moved))
    )
    select id as "orderId", version, 'payment.succeeded' as type, 'PAID' as status from moved`,
};

export const isJudged = {
  name: 'limit-is-judged',
  text: `select 1 from notification_ids where merchant_id = $1 and notify_id = $2`,
};

export const findOrder = {
  name: 'limit-find',
  text: `
    select id, merchant_order_no, subject, amount_fen, refunded_fen, status, version, created_at, expires_at, paid_at
    from orders where merchant_id = $1 and id = $2`,
};

export const seedMerchant = [
  `insert into merchants (id, name, created_at) values ($1, 'bench', now())`,
  `insert into accounts (merchant_id, id) values ($1, $1)`,
];
