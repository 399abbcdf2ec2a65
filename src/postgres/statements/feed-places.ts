// A reader's places in the feeds. Leases are measured by the database's clock alone, so that no process's own clock
// can steal one; each is later than the one before it, so that its end tells it from the others.
import type { Statement } from '../statement.ts';

const HELD = `r.taken_until is not null and r.taken_until >= clock_timestamp()`;

/** The reader $1 is there for the first time, as the setting $2 notes: it begins at every merchant's present end. */
export const introduceReader: Statement = {
  name: 'reader-introduce',
  text: `
    with introduced as (
      insert into settings (name, value) values ($2, clock_timestamp()::text) on conflict (name) do nothing returning 1
    )
    insert into feed_readers (merchant_id, name, position)
    select merchant_id, $1, last_position from merchant_feeds where exists (select from introduced)
    on conflict do nothing`,
};

/**
 * Up to $2 merchants where the reader $1 has something to read. A merchant that has come since gets a place at the
 * beginning of what its feed still holds.
 */
export const waitingPlaces: Statement = {
  name: 'places-waiting',
  text: `
    with opened as (
      insert into feed_readers (merchant_id, name, position)
      select f.merchant_id, $1, f.pruned_position from merchant_feeds f
      where f.last_position > 0
        and not exists (select from feed_readers r where r.merchant_id = f.merchant_id and r.name = $1)
      on conflict do nothing returning merchant_id
    )
    select merchant_id::text from opened
    union all (
      select r.merchant_id::text from feed_readers r join merchant_feeds f on f.merchant_id = r.merchant_id
      where r.name = $1 and r.position < f.last_position and not (${HELD}) limit $2
    )`,
};

/** Holds up to $3 of the places of the merchants $2 for $4 ms. */
export const takePlaces: Statement = {
  name: 'places-take',
  text: `
    with free as materialized (
      select r.merchant_id from feed_readers r join merchant_feeds f on f.merchant_id = r.merchant_id
      where r.merchant_id = any ($2::uuid[]) and r.name = $1 and r.position < f.last_position and not (${HELD})
      limit $3 for update of r skip locked
    )
    update feed_readers r set taken_until = clock_timestamp() + $4::int * interval '1 millisecond'
    where r.name = $1 and r.merchant_id = any (array(select merchant_id from free))
    returning r.merchant_id, r.position, r.taken_until`,
};

export const movePlace: Statement = {
  name: 'place-move',
  text: `
    update feed_readers set position = $5, taken_until = clock_timestamp() + $6::int * interval '1 millisecond'
    where merchant_id = $1 and name = $2 and taken_until = $3 and position = $4
    returning merchant_id, position, taken_until`,
};

export const releasePlace: Statement = {
  name: 'place-release',
  text: `update feed_readers set taken_until = null where merchant_id = $1 and name = $2 and taken_until = $3`,
};

/** How much the reader $1 has before it, and since when the oldest of it waits. */
export const backlogOf: Statement = {
  name: 'reader-backlog',
  text: `
    select coalesce(sum(f.last_position - r.position), 0)::text as events, min(oldest.placed_at) as waits_since
    from feed_readers r join merchant_feeds f on f.merchant_id = r.merchant_id
    cross join lateral (
      select e.placed_at from event_feed e
      where e.merchant_id = r.merchant_id and e.position > r.position order by e.position limit 1
    ) oldest
    where r.name = $1 and r.position < f.last_position`,
};
