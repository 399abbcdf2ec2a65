import type { Statement } from '../statement.ts';

/** A delivery `d` with its attempts as one JSON array, and when it is tried next. One of an endpoint that is gone is not seen. */
const read = (where: string) => `
  select d.id, d.endpoint_id, d.event_id, d.event_type, d.order_id, d.status, d.created_at, d.finished_at,
    (select q.due_at from webhook_queue q where q.merchant_id = d.merchant_id and q.endpoint_id = d.endpoint_id
      and q.lane = coalesce(d.order_id, d.id) and q.turn = coalesce(d.version, 1)) as next_attempt_at,
    (select json_agg(a) from (
      select at, status_code, latency_ms, answer, reason from webhook_attempts a
      where a.merchant_id = d.merchant_id and a.delivery_id = d.id order by a.number) a) as attempts
  from webhook_deliveries d
  where d.merchant_id = $1 and ${where}
    and exists (select from webhook_endpoints h where h.merchant_id = d.merchant_id and h.id = d.endpoint_id)`;

export const findDelivery: Statement = { name: 'webhook-delivery-find', text: read('d.id = $2') };

/** Newest event first. `by` is what the walk goes along; the other filters are nulls unless given. */
function pageBy(name: string, by: string): Statement {
  return {
    name: `webhook-delivery-page-${name}`,
    text: `${read(`d.id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    and ${by} and ($7::text is null or d.event_type = $7)`)}
    order by d.id desc limit $2`,
  };
}

const endpoint = { one: 'd.endpoint_id = $4::uuid', any: '($4::uuid is null or d.endpoint_id = $4)' };
const order = { one: 'd.order_id = $5::uuid', any: '($5::uuid is null or d.order_id = $5)' };
const status = { one: 'd.status = $6::text', any: '($6::text is null or d.status = $6)' };

const PAGES = {
  order: pageBy('order', `${order.one} and ${endpoint.any} and ${status.any}`),
  status: pageBy('status', `${status.one} and ${endpoint.any} and ${order.any}`),
  endpoint: pageBy('endpoint', `${endpoint.one} and ${order.any} and ${status.any}`),
  all: pageBy('all', `${endpoint.any} and ${order.any} and ${status.any}`),
};

/** The statement that walks the fewest rows. */
export function deliveryPageFor(asked: {
  readonly orderId: string | undefined;
  readonly status: string | undefined;
  readonly endpointId: string | undefined;
}): Statement {
  if (asked.orderId !== undefined) return PAGES.order;
  if (asked.status !== undefined) return PAGES.status;
  return asked.endpointId === undefined ? PAGES.all : PAGES.endpoint;
}

/** What waits, counted up to a bound, and since when the oldest that an enabled endpoint is owed waits. */
export const pendingFigures: Statement = {
  name: 'webhook-pending-figures',
  text: `
    select (select count(*)::int from (select from webhook_queue limit 100000) q) as pending, min(oldest.created_at) as since
    from (select 1) one left join (
      select first.created_at from merchants m cross join lateral (
        select d.created_at from webhook_deliveries d
        where d.merchant_id = m.id and d.status = 'PENDING' and exists (
          select from webhook_endpoints h
          where h.merchant_id = d.merchant_id and h.id = d.endpoint_id and h.disabled_at is null)
        order by d.id limit 1
      ) first
    ) oldest on true`,
};
