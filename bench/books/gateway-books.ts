// What the gateway's tables must hold, and those of the limit, which are the same.
import type { Done } from './done.ts';

/** The rows of the orders made since an id: those of a database that was filled before are left alone. */
export function gatewayCounts(since: string): Counting {
  return {
    text: `${counts}, (select count(*) from notification_ids)::int as notifications from merchants m`,
    values: [since],
  };
}

/** Notifications have no index by time; each stands beside its evidence, which is counted. */
export function grownCounts(since: string): Counting {
  return { text: `${counts} from merchants m`, values: [since] };
}

export interface Counting {
  readonly text: string;
  readonly values: readonly string[];
}

const counts = `
  select (select count(*) from orders where merchant_id = m.id and id >= $1)::int as orders,
    (select count(*) from orders where merchant_id = m.id and id >= $1 and paid_at is not null)::int as paid_orders,
    (select count(*) from orders where merchant_id = m.id and id >= $1
      and status = 'REFUNDED' and refunded_fen = amount_fen)::int as refunded_orders,
    (select count(*) from order_events where merchant_id = m.id and order_id >= $1)::int as events,
    (select count(*) from payments where merchant_id = m.id and order_id >= $1 and status = 'SUCCEEDED')::int as payments,
    (select count(*) from refunds where merchant_id = m.id and order_id >= $1
      and status = 'SUCCEEDED' and tried_at is not null)::int as refunds,
    (select count(*) from evidence where merchant_id = m.id and id >= $1 and verdict = 'applied')::int as evidence,
    (select count(*) from checks where merchant_id = m.id and order_id >= $1)::int as checks,
    (select count(*) from cases where merchant_id = m.id)::int as cases`;

/** A scanned code is written before Alipay is asked and when it has answered, and so is a refund: two steps each. */
export function grownCountsAfter({ created, offered, noticed, scanned, refunded }: Done) {
  const paid = noticed + scanned;
  return {
    ...{ orders: created, paid_orders: paid, refunded_orders: refunded, payments: paid, refunds: refunded },
    ...{ events: created + offered + noticed + 2 * scanned + 2 * refunded, evidence: offered + paid + refunded },
    ...{ checks: created - paid, cases: 0 },
  };
}

export function gatewayCountsAfter(done: Done) {
  return { ...grownCountsAfter(done), notifications: done.noticed };
}

/** Each names orders that must not exist. The hash is the one that src/orders/event.ts makes. */
export const gatewayAudits: Readonly<Record<string, string>> = {
  'orders whose versions have gaps': `
    select o.id from orders o left join order_events e on e.merchant_id = o.merchant_id and e.order_id = o.id
    group by o.merchant_id, o.id
    having count(e.*) <> o.version or min(e.version) <> 1 or max(e.version) <> o.version`,
  'events that do not chain': `
    select order_id from (
      select order_id, prev_hash, lag(hash, 1, repeat('0', 64)) over (partition by order_id order by version) as before
      from order_events) e
    where prev_hash <> before`,
  'events with a wrong hash': `
    select order_id from order_events
    where hash <> encode(sha256(convert_to(concat_ws(E'\\n', prev_hash, id, merchant_id, order_id, version, type, status,
      to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), coalesce(evidence_id::text, ''), data),
      'UTF8')), 'hex')`,
  'orders that do not end their chain': `
    select o.id from orders o join order_events e
      on e.merchant_id = o.merchant_id and e.order_id = o.id and e.version = o.version
    where e.hash <> o.last_hash or e.status <> o.status`,
  'payments that are not their order’s': `
    select p.order_id from payments p join orders o on o.merchant_id = p.merchant_id and o.id = p.order_id
    where p.amount_fen <> o.amount_fen or p.out_trade_no <> o.merchant_order_no
      or (p.status = 'SUCCEEDED' and p.id is distinct from o.paid_payment_id)`,
  'payments without the message that paid them': `
    select p.order_id from payments p where p.status = 'SUCCEEDED' and not exists (
      select from evidence e left join notification_ids n on n.merchant_id = e.merchant_id and n.evidence_id = e.id
      where e.merchant_id = p.merchant_id and e.order_id = p.order_id
        and case p.method when 'AUTH_CODE' then e.kind = 'answer' else n.notify_id is not null end)`,
  'messages with a wrong digest': `
    select id from evidence where key_id is null or digest is distinct from encode(sha256(bytes), 'hex')`,
  'orders whose refunds do not add up': `
    select o.id from orders o join payments p on p.merchant_id = o.merchant_id and p.id = o.paid_payment_id
    where o.reserved_fen <> 0 or o.refunded_fen <> p.refunded_total_fen or o.refunded_fen <> coalesce((
      select sum(r.amount_fen) from refunds r where r.merchant_id = o.merchant_id and r.order_id = o.id), 0)`,
};
