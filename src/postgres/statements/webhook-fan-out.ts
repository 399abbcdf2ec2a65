import { only, type Statement } from '../statement.ts';
import { deliveryId, hears, readerOf } from './webhook-parts.ts';

/**
 * Owes the next events of the feeds to the endpoints that hear of them and moves the endpoints' cursors, up to $2 events
 * of $3 endpoints at the time $1. Who holds an endpoint's reader moves it; the others leave that endpoint alone. The
 * position is taken from the locked row, not from the snapshot. A disabled endpoint is owed nothing: its cursor goes to the end.
 */
export const fanOut: Statement = {
  name: 'webhook-fan-out',
  text: `
    with behind as materialized (
      select r.merchant_id, r.name, r.position, h.id as endpoint_id, h.event_types, h.disabled_at is null as enabled, f.last_position
      from webhook_endpoints h
      join merchant_feeds f on f.merchant_id = h.merchant_id
      join feed_readers r on r.merchant_id = h.merchant_id and r.name = ${readerOf('h.id')}
      where r.position < f.last_position limit $3 for update of r skip locked
    ), looked as materialized (
      select b.merchant_id, b.name, b.endpoint_id, b.event_types, p.position, p.order_id, p.version
      from behind b cross join lateral (
        select * from event_feed p where p.merchant_id = b.merchant_id and p.position > b.position
        order by p.position limit $2
      ) p
      where b.enabled
    ), owed as (
      insert into webhook_deliveries
        (merchant_id, id, endpoint_id, event_id, event_type, order_id, version, status, created_at)
      select l.merchant_id, ${deliveryId('l.endpoint_id', 'e.id')}, l.endpoint_id, e.id, e.type, l.order_id, l.version,
        'PENDING', $1::timestamptz
      from looked l cross join lateral (
        select e.id, e.type from order_events e
        where e.merchant_id = l.merchant_id and e.order_id = ${only('l.order_id', 'uuid')} and e.version = l.version limit 1
      ) e
      where ${hears('l.event_types', 'e.type')}
      on conflict do nothing
      returning merchant_id, id, endpoint_id, order_id, version
    ), queued as (
      insert into webhook_queue (merchant_id, endpoint_id, lane, turn, delivery_id, due_at)
      select merchant_id, endpoint_id, order_id, version, id, $1::timestamptz from owed
      on conflict do nothing
    ), moved as (
      update feed_readers r set position = greatest(r.position, b.reached)
      from (
        select b.merchant_id, b.name, case when b.enabled then max(l.position) else b.last_position end as reached
        from behind b left join looked l on l.merchant_id = b.merchant_id and l.name = b.name
        group by b.merchant_id, b.name, b.enabled, b.last_position
      ) b
      where r.merchant_id = b.merchant_id and r.name = b.name and b.reached is not null
    )
    select count(*)::int as looked from looked`,
};
