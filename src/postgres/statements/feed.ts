import { eventColumns } from '../columns.ts';
import { only, type Statement } from '../statement.ts';

/** Up to $3 events after position $2. The feed's ends come with each of them, and in a row without one when there is none. */
export const feedPage: Statement = {
  name: 'feed-page',
  text: `
    select f.last_position, f.pruned_position, placed.*
    from merchant_feeds f left join lateral (
      select p.position, o.merchant_order_no, ${eventColumns}
      from (
        select * from event_feed p where p.merchant_id = $1 and p.position > $2 order by p.position limit $3
      ) p
      cross join lateral (
        select * from order_events e
        where e.merchant_id = $1 and e.order_id = ${only('p.order_id', 'uuid')} and e.version = p.version limit 1
      ) e
      cross join lateral (
        select merchant_order_no from orders o where o.merchant_id = $1 and o.id = ${only('p.order_id', 'uuid')} limit 1
      ) o
      order by p.position
    ) placed on true
    where f.merchant_id = $1
    order by placed.position`,
};

/**
 * Forgets what is older than each merchant's retention at $1, up to $2 rows of each, and nothing that a reader inside the
 * gateway still has before it. Only the oldest rows are looked at.
 */
export const pruneFeeds: Statement = {
  name: 'feeds-prune',
  text: `
    with old as materialized (
      select f.merchant_id, max(oldest.position) as position
      from merchants m join merchant_feeds f on f.merchant_id = m.id
      cross join lateral (
        select e.position, e.placed_at from event_feed e
        where e.merchant_id = f.merchant_id and e.position > f.pruned_position order by e.position limit $2
      ) oldest
      where oldest.placed_at < $1::timestamptz - m.event_retention_days * interval '1 day'
        and oldest.position <= coalesce(
          (select min(r.position) from feed_readers r where r.merchant_id = f.merchant_id), oldest.position)
      group by f.merchant_id
    ), pruned as (
      update merchant_feeds f set pruned_position = old.position from old
      where f.merchant_id = old.merchant_id and f.pruned_position < old.position
      returning f.merchant_id, f.pruned_position
    ), gone as (
      delete from event_feed e using pruned p
      where e.merchant_id = p.merchant_id and e.position <= p.pruned_position
      returning 1
    )
    select count(*)::int as gone from gone`,
};

export const eventRetentionOf: Statement = {
  name: 'merchant-event-retention',
  text: `select event_retention_days as days from merchants where id = $1`,
};

/** $1 merchant, $2–$4 the note, $5 days. The row is locked first, so that the note says what was there right before. */
export const putEventRetention: Statement = {
  name: 'merchant-put-event-retention',
  text: `
    with old as materialized (
      select id, event_retention_days as days from merchants where id = $1 for no key update
    ), put as (
      update merchants m set event_retention_days = $5::int from old
      where m.id = $1 and old.days <> $5::int returning m.id, old.days as before
    )
    insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
    select id, $2, $3, $4, 'event_retention.set', id, jsonb_build_object('before', before, 'after', $5::int) from put`,
};
