// What the tutorial build's tables must hold. It keeps less: no outbox, no checks, no hashes, no answers.
import type { Done } from './done.ts';
import type { Counting } from './gateway-books.ts';

export const tutorialCounts: Counting = {
  values: [],
  text: `
  select (select count(*) from orders)::int as orders,
    (select count(*) from orders where paid_at is not null)::int as paid_orders,
    (select count(*) from orders where status = 'REFUNDED' and refunded_amount = amount)::int as refunded_orders,
    (select count(*) from order_events)::int as events,
    (select count(*) from payments where status = 'SUCCEEDED')::int as payments,
    (select count(*) from refunds where status = 'SUCCEEDED')::int as refunds,
    (select count(*) from notifications)::int as notifications`,
};

export function tutorialCountsAfter({ created, offered, noticed, scanned, refunded }: Done) {
  const paid = noticed + scanned;
  return {
    ...{ orders: created, paid_orders: paid, refunded_orders: refunded, payments: paid, refunds: refunded },
    ...{ events: created + offered + noticed + 2 * scanned + 2 * refunded, notifications: noticed },
  };
}

export const tutorialAudits: Readonly<Record<string, string>> = {
  'orders whose versions have gaps': `
    select o.id from orders o left join order_events e on e.order_id = o.id
    group by o.id having count(e.*) <> o.version or min(e.version) <> 1 or max(e.version) <> o.version`,
  'payments that are not their order’s': `
    select o.id from payments p join orders o on o.id = p.order_id
    where p.amount <> o.amount or p.out_trade_no <> o.merchant_order_no`,
  'orders paid twice': `
    select order_id from payments where status = 'SUCCEEDED' group by order_id having count(*) > 1`,
};
