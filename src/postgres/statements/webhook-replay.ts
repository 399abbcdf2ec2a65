import { only, type Statement } from '../statement.ts';
import { deliveryId, hears } from './webhook-parts.ts';

/** Those in `again` go on from the first rung of the ladder, at the time that `now` names; one that is being tried is left to that. */
function queueAgain(now: string): string {
  return `
    insert into webhook_queue as q (merchant_id, endpoint_id, lane, turn, delivery_id, due_at)
    select merchant_id, endpoint_id, coalesce(order_id, id), coalesce(version, 1), id, ${now} from again
    on conflict (merchant_id, endpoint_id, lane, turn) do update set due_at = least(q.due_at, excluded.due_at), tries = 0`;
}

/** $3 are ids of deliveries of the endpoint $2. */
export const replayNamed: Statement = {
  name: 'webhook-replay-named',
  text: `
    with again as (
      update webhook_deliveries set status = 'PENDING', finished_at = null
      where merchant_id = $1 and id = any ($3::uuid[]) and endpoint_id = $2 returning *
    ), queued as (${queueAgain('$4::timestamptz')})
    select count(*)::int as queued from again`,
};

/**
 * Looks at up to $4 events after position $3 and queues for the endpoint $2 those of its types that happened from $5 until $6
 * (null: now) and have not arrived, or all of them ($7). An event is placed within a day: later ones are not looked at.
 */
export const replayFromFeed: Statement = {
  name: 'webhook-replay-feed',
  text: `
    with looked as materialized (
      select * from event_feed p where p.merchant_id = $1 and p.position > $3 order by p.position limit $4
    ), wanted as materialized (
      select h.id as endpoint_id, e.id as event_id, e.type, l.order_id, l.version
      from looked l cross join lateral (
        select e.id, e.type, e.occurred_at from order_events e
        where e.merchant_id = $1 and e.order_id = ${only('l.order_id', 'uuid')} and e.version = l.version limit 1
      ) e
      join webhook_endpoints h on h.merchant_id = $1 and h.id = $2
      where e.occurred_at >= $5 and ($6::timestamptz is null or e.occurred_at < $6) and ${hears('h.event_types', 'e.type')}
    ), again as (
      insert into webhook_deliveries as d
        (merchant_id, id, endpoint_id, event_id, event_type, order_id, version, status, created_at)
      select $1::uuid, ${deliveryId('endpoint_id', 'event_id')}, endpoint_id, event_id, type, order_id, version, 'PENDING', $8::timestamptz
      from wanted
      on conflict (merchant_id, id) do update set status = 'PENDING', finished_at = null
      where d.status <> 'SUCCEEDED' or $7::boolean
      returning merchant_id, id, endpoint_id, order_id, version
    ), queued as (${queueAgain('$8::timestamptz')})
    select (select count(*)::int from again) as queued, (
      select max(position) from looked where $6::timestamptz is null or placed_at < $6::timestamptz + interval '1 day'
    ) as reached`,
};

/** The first row of the feed behind position $2, and how far the feed reaches. */
export const feedRowAfter: Statement = {
  name: 'webhook-feed-row-after',
  text: `
    select f.last_position, f.pruned_position, p.placed_at from merchant_feeds f left join lateral (
      select placed_at from event_feed p where p.merchant_id = $1 and p.position > $2 order by p.position limit 1
    ) p on true
    where f.merchant_id = $1`,
};

/**
 * Forgets up to $2 deliveries of each merchant, the oldest first, that are older than its events' retention at $1: those
 * that are over, and those that nobody will send because their endpoint is disabled or gone.
 */
export const pruneDeliveries: Statement = {
  name: 'webhook-prune',
  text: `
    with old as materialized (
      select d.merchant_id, d.id, d.endpoint_id, coalesce(d.order_id, d.id) as lane, coalesce(d.version, 1) as turn
      from merchants m cross join lateral (
        select * from webhook_deliveries d
        where d.merchant_id = m.id and d.id < (lpad(to_hex((extract(epoch from
            $1::timestamptz - m.event_retention_days * interval '1 day') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
          and (d.status <> 'PENDING' or not exists (
            select from webhook_endpoints h
            where h.merchant_id = d.merchant_id and h.id = d.endpoint_id and h.disabled_at is null))
        order by d.id limit $2
      ) d
    ), gone as (
      delete from webhook_deliveries d using old where d.merchant_id = old.merchant_id and d.id = old.id returning 1
    ), unqueued as (
      delete from webhook_queue q using old
      where q.merchant_id = old.merchant_id and q.endpoint_id = old.endpoint_id and q.lane = old.lane and q.turn = old.turn
    )
    select count(*)::int as gone from gone`,
};
