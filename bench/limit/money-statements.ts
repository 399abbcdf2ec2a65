// The durable work of a scanned payment and of a refund: what must stand before Alipay is asked, and what its answer
// makes of it. The rows are those that the gateway writes.

/** Names the key that a message was verified with, in as many characters as the gateway's. */
export const keyId = `'${'0'.repeat(64)}'`;

/** What both ask for first. */
export const findSale = {
  name: 'limit-find-sale',
  text: `
    select o.id, o.merchant_order_no, o.subject, o.amount_fen, o.refunded_fen, o.status, o.version, o.last_hash, o.store_id,
      o.terminal_id, o.expires_at, p.id as payment_id, p.status as payment_status, p.out_trade_no
    from orders o left join payments p on p.merchant_id = o.merchant_id and p.order_id = o.id
    where o.merchant_id = $1 and o.id = $2`,
};

/**
 * One step of an order: $1 merchant, $2 order, $3 version before, $4 hash, $5 event, $6 type, $7 status, $8 when,
 * $9 the event's data, $10 evidence, $11 hash before.
 */
export const step = (set: string) => `
    with moved as (
      update orders set version = $3 + 1, last_hash = $4, status = $7${set}
      where merchant_id = $1 and id = $2 and version = $3
      returning merchant_id, id, version
    ), noted as (
      insert into order_events (merchant_id, order_id, version, id, type, status, occurred_at, data, evidence_id,
        prev_hash, hash)
      select merchant_id, id, version, $5::uuid, $6::text, $7, $8::timestamptz, $9::text, $10::uuid, $11::text, $4 from moved
    ), queued as (
      insert into outbox (merchant_id, order_id, version) select merchant_id, id, version from moved
    )`;

/** $12: when somebody must look again. */
const due = `
    , due as (
      insert into checks (merchant_id, order_id, due_at, looked_at)
      select merchant_id, id, $12::timestamptz, $8::timestamptz from moved
      on conflict (merchant_id, order_id) do update set due_at = excluded.due_at, looked_at = excluded.looked_at
    )`;

/** $12: the answer as it came. */
const answered = `
    , kept as (
      insert into evidence (merchant_id, order_id, id, kind, received_at, bytes, verdict, key_id, digest)
      select merchant_id, id, $10, 'answer', $8, $12::bytea, 'applied', ${keyId}, encode(sha256($12), 'hex') from moved
    ), done as (
      delete from checks where merchant_id = $1 and order_id = any (array(select id from moved))
    )`;

/** $12: the answer as it came, $13: when somebody must look again. */
export const evidenceAndCheck = `
    , kept as (
      insert into evidence (merchant_id, order_id, id, kind, received_at, bytes, verdict, key_id, digest)
      select merchant_id, id, $10, 'answer', $8, $12::bytea, 'applied', ${keyId}, encode(sha256($12), 'hex') from moved
    ), due as (
      insert into checks (merchant_id, order_id, due_at, looked_at)
      select merchant_id, id, $13::timestamptz, $8::timestamptz from moved
      on conflict (merchant_id, order_id) do update set due_at = excluded.due_at, looked_at = excluded.looked_at
    )`;

/** $13 payment, $14 fen, $15 out_trade_no, $16 when it is called off, $17 the code's hash. */
export const beginPayment = {
  name: 'limit-begin-payment',
  text: `${step('')}${due}, paid as (
      insert into payments (merchant_id, order_id, id, method, status, amount_fen, out_trade_no, cancel_at, code_hash,
        created_at)
      select merchant_id, id, $13::uuid, 'AUTH_CODE', 'CREATED', $14::bigint, $15::text, $16::timestamptz, $17::text, $8
      from moved
    )
    select 1 from moved`,
};

/** $13 payment, $14 trade_no, $15 paid at. */
export const finishPayment = {
  name: 'limit-finish-payment',
  text: `${step(', paid_at = $15::timestamptz, paid_payment_id = $13::uuid')}${answered}, paid as (
      update payments set status = 'SUCCEEDED', trade_no = $14::text, succeeded_at = $15
      where merchant_id = $1 and id = $13 and exists (select from moved)
    )
    select 1 from moved`,
};

/** $13 refund, $14 payment, $15 fen, $16 its number, $17 the reason. It is sent at once, so that this is noted too. */
export const beginRefund = {
  name: 'limit-begin-refund',
  text: `${step(', reserved_fen = reserved_fen + $15::bigint')}${due}, wished as (
      insert into refunds (merchant_id, order_id, id, payment_id, refund_no, amount_fen, reason, status, tried_at, created_at)
      select merchant_id, id, $13::uuid, $14::uuid, $16::text, $15, $17::text, 'PENDING', $8, $8 from moved
    )
    select 1 from moved`,
};

/** $13 refund, $14 payment, $15 fen, $16 when it went through. */
export const finishRefund = {
  name: 'limit-finish-refund',
  text: `${step(', reserved_fen = reserved_fen - $15::bigint, refunded_fen = refunded_fen + $15')}${answered}, given as (
      update refunds set status = 'SUCCEEDED', succeeded_at = $16::timestamptz
      where merchant_id = $1 and id = $13::uuid and exists (select from moved)
    ), paid as (
      update payments set refunded_total_fen = refunded_total_fen + $15
      where merchant_id = $1 and id = $14::uuid and exists (select from moved)
    )
    select 1 from moved`,
};
