import type { DeliveryPageAsked } from '../../deliveries/ports.ts';
import type { Statement, Value } from '../statement.ts';

/** A delivery `d` with its attempts as one JSON array, and when it is tried next. One of an endpoint that is gone is not seen. */
const READ = `select d.id, d.endpoint_id, d.event_id, d.event_type, d.order_id, d.status, d.created_at, d.finished_at,
    (select q.due_at from webhook_queue q where q.merchant_id = d.merchant_id and q.endpoint_id = d.endpoint_id
      and q.lane = coalesce(d.order_id, d.id) and q.turn = coalesce(d.version, 1)) as next_attempt_at,
    (select json_agg(a) from (
      select at, status_code, latency_ms, answer, reason from webhook_attempts a
      where a.merchant_id = d.merchant_id and a.delivery_id = d.id order by a.number) a) as attempts
  from webhook_deliveries d
  where d.merchant_id = $1
    and d.endpoint_id = any ((select array(select h.id from webhook_endpoints h where h.merchant_id = $1))::uuid[])`;

export const findDelivery: Statement = { name: 'webhook-delivery-find', text: `${READ} and d.id = $2` };

/** `$` is the filter's own parameter. */
const filters = {
  a: 'd.id < $::uuid',
  h: 'd.endpoint_id = $::uuid',
  o: 'd.order_id = $::uuid',
  s: 'd.status = $::text',
  t: 'd.event_type = $::text',
} as const;

type Letter = keyof typeof filters;

/**
 * Newest event first. The statement for the filters that are asked, named by their letters, with its values: each goes along
 * an index that has the deliveries in this order. One delivery more than `first`.
 */
export function deliveryPageFor(
  merchantId: string,
  asked: DeliveryPageAsked,
): { statement: Statement; values: Value[] } {
  const used = usedFilters(asked);
  const conditions = used.map(([letter], index) => `and ${filters[letter].replace('$', `$${index + 3}`)}`);
  const statement = {
    name: `webhook-delivery-page:${used.map(([letter]) => letter).join('')}`,
    text: `${READ} ${conditions.join(' ')} order by d.id desc limit $2`,
  };
  return { statement, values: [merchantId, asked.first + 1, ...used.map(([, value]) => value)] };
}

function usedFilters({ afterId, endpointId, orderId, status, eventType }: DeliveryPageAsked): [Letter, string][] {
  const all: [Letter, string | undefined][] = [
    ['a', afterId],
    ['h', endpointId],
    ['o', orderId],
    ['s', status],
    ['t', eventType],
  ];
  return all.filter((one): one is [Letter, string] => one[1] !== undefined);
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
