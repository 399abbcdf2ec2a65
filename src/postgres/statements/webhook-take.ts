import { FAILURES_TO_REST } from '../../deliveries/ladder.ts';
import { eventColumns } from '../columns.ts';
import { only, type Statement } from '../statement.ts';

/** How long a delivery belongs to the process that took it: several times what an attempt may take. */
const HELD_FOR = `interval '60 seconds'`;

/** Names a hold, whatever the time zone of the session. */
export const HOLD = 'extract(epoch from taken_until)::text';

/** How many attempts to one endpoint may be on their way: all, once it has failed some, while it is only probed. */
const AT_ONCE = `case when h.failures = 0 then 8 when h.failures < ${FAILURES_TO_REST} then 2 else 1 end`;

/**
 * Takes up to $2 deliveries that are due at $1 and that nobody holds: of each lane the first, of each endpoint no more than may
 * be on their way at once, and the first ones of all endpoints before the second ones of any. Who holds an endpoint's row takes
 * for it. Holds are counted and end by the database's clock. A walk from endpoint to endpoint in the key finds those with
 * deliveries without looking at every row.
 */
export const takeDeliveries: Statement = {
  name: 'webhook-take',
  text: `
    with recursive waiting as (
      (select merchant_id, endpoint_id from webhook_queue order by merchant_id, endpoint_id limit 1)
      union all
      select n.merchant_id, n.endpoint_id from waiting w cross join lateral (
        select q.merchant_id, q.endpoint_id from webhook_queue q
        where (q.merchant_id, q.endpoint_id) > (w.merchant_id, w.endpoint_id)
        order by q.merchant_id, q.endpoint_id limit 1
      ) n
    ), ready as materialized (
      select h.merchant_id, h.id, ${AT_ONCE} as at_once
      from waiting w join webhook_endpoints h on h.merchant_id = w.merchant_id and h.id = w.endpoint_id
      where h.disabled_at is null and (h.rests_until is null or h.rests_until <= $1) and exists (
        select from webhook_queue q
        where q.merchant_id = h.merchant_id and q.endpoint_id = h.id and q.due_at <= $1
          and (q.taken_until is null or q.taken_until < now())
      )
      for update of h skip locked
    ), free as materialized (
      select r.merchant_id, r.id, r.at_once - busy.count as slots, busy.count as busy
      from ready r cross join lateral (
        select count(*)::int from webhook_queue t
        where t.merchant_id = r.merchant_id and t.endpoint_id = r.id and t.taken_until >= now()
      ) busy
    ), first as materialized (
      select f.merchant_id, f.id, f.busy, q.place, q.due_at
      from free f cross join lateral (
        select q.ctid as place, q.due_at from webhook_queue q
        where q.merchant_id = f.merchant_id and q.endpoint_id = f.id and q.due_at <= $1
          and (q.taken_until is null or q.taken_until < now())
          and not exists (
            select from webhook_queue b
            where b.merchant_id = q.merchant_id and b.endpoint_id = q.endpoint_id and b.lane = q.lane and b.turn < q.turn
          )
        order by q.due_at limit greatest(f.slots, 0) for update of q skip locked
      ) q
    ), chosen as materialized (
      select place from first
      order by busy + row_number() over (partition by merchant_id, id order by due_at), due_at limit $2
    ), taken as (
      update webhook_queue set taken_until = now() + ${HELD_FOR}
      where ctid = any (array(select place from chosen))
      returning merchant_id, endpoint_id, lane, turn, delivery_id, tries, taken_until
    )
    select t.merchant_id as owner_id, t.endpoint_id, t.delivery_id, t.tries, ${HOLD} as hold,
      h.url, h.secret, h.old_secret, h.old_until, h.failures, d.event_id, d.event_type, d.body, o.merchant_order_no, e.*
    from taken t
    join webhook_endpoints h on h.merchant_id = t.merchant_id and h.id = t.endpoint_id
    cross join lateral (
      select * from webhook_deliveries d where d.merchant_id = t.merchant_id and d.id = ${only('t.delivery_id', 'uuid')} limit 1
    ) d
    left join lateral (
      select ${eventColumns} from order_events e
      where e.merchant_id = t.merchant_id and e.order_id = ${only('d.order_id', 'uuid')} and e.version = d.version limit 1
    ) e on true
    left join lateral (
      select merchant_order_no from orders o where o.merchant_id = t.merchant_id and o.id = ${only('d.order_id', 'uuid')} limit 1
    ) o on true`,
};

/** $5 names the hold. */
export const releaseDelivery: Statement = {
  name: 'webhook-release',
  text: `
    update webhook_queue set taken_until = null
    where merchant_id = $1 and endpoint_id = $2 and lane = $3 and turn = $4 and ${HOLD} = $5`,
};
