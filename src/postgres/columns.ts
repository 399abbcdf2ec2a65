// The columns that reads ask for, plainly or in JSON aggregates alike; there a bigint must be text, because a JSON
// number is a double.

export const orderColumns = `o.merchant_id, o.id, o.account_id, o.merchant_order_no, o.content_hash, o.subject, o.body,
  o.amount_fen, o.refunded_fen, o.status, o.version, o.store_id, o.terminal_id, o.operator_id, o.metadata,
  o.created_at, o.expires_at, o.paid_at, o.paid_payment_id, o.undo_at, o.last_hash`;

export const paymentColumns = `p.order_id, p.id, p.method, p.status, p.amount_fen::text as amount_fen, p.out_trade_no,
  p.trade_no, p.offer, p.payable_until, p.cancel_at, p.code_hash, p.channel_end,
  p.refunded_total_fen::text as refunded_total_fen, p.failure_sub_code, p.failure_message, p.failure_message_zh,
  p.created_at, p.succeeded_at`;

export const refundColumns = `r.order_id, r.id, r.payment_id, r.refund_no, r.amount_fen::text as amount_fen, r.reason,
  r.status, r.failure_sub_code, r.failure_message, r.failure_message_zh, r.tried_at, r.created_at, r.succeeded_at,
  r.held_until`;

export const caseColumns = `c.id, c.merchant_id, c.order_id, c.kind, c.amount_fen::text as amount_fen, c.out_trade_no,
  c.trade_no, c.evidence_id, c.policy, c.state, c.opened_at, c.resolved_at, c.note`;

export const eventColumns = `e.id, e.merchant_id, e.order_id, e.version, e.type, e.status, e.occurred_at, e.data,
  e.evidence_id, e.prev_hash, e.hash`;

/** An order `o` with its parts, each as one JSON array, oldest first, read through an index in that order. */
export const wholeOrderColumns = `${orderColumns},
  (select json_agg(p) from (select ${paymentColumns} from payments p
    where p.merchant_id = o.merchant_id and p.order_id = o.id order by p.id) p) as payments,
  (select json_agg(r) from (select ${refundColumns} from refunds r
    where r.merchant_id = o.merchant_id and r.order_id = o.id order by r.id) r) as refunds,
  (select json_agg(c) from (select ${caseColumns} from cases c
    where c.merchant_id = o.merchant_id and c.order_id = o.id order by c.id) c) as cases`;
