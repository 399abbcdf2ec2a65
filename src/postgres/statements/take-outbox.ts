import type { Statement } from '../statement.ts';

/** The channel of the wake-ups: each payload is a list of ids, of orders and of merchants, that have news. */
export const WAKE_UP_CHANNEL = 'kassa_orders';

/** The channel on which a process without a relay tells which orders it has written. */
export const WRITTEN_CHANNEL = 'kassa_written';

/** The channel on which a process tells that it can't hear the broker: the others NOTIFY as well for a while. */
export const DEAF_CHANNEL = 'kassa_deaf';

/** A payload must stay under 8,000 bytes: 200 ids of 36 characters with commas are 7,399. */
const IDS_PER_PAYLOAD = 200;

/** Merchants that one statement serves at most. */
const MERCHANTS = 20;

/**
 * Moves rows out of the outbox into their merchants' feeds, up to $1 of each merchant, at the time $2, and when $3
 * tells over {@link WAKE_UP_CHANNEL} who has news; all at the same commit.
 *
 * Who holds a merchant's row in merchant_feeds gives its positions; the others leave that merchant alone. Within it rows
 * are taken in the order of their versions, and what a statement sees of an order was all committed before what it does
 * not see: so an order's events get ascending positions, however many relays there are. The position is taken from the
 * locked row, not from the snapshot; the array holds the picked rows fast, since a join could pick anew. A walk from
 * merchant to merchant in the key finds those who wait without looking at every row.
 */
export const takeOutboxRows: Statement = {
  name: 'outbox-take',
  text: `
    with recursive waiting as (
      (select merchant_id from outbox order by merchant_id limit 1)
      union all
      select (select o.merchant_id from outbox o where o.merchant_id > w.merchant_id order by o.merchant_id limit 1)
      from waiting w where w.merchant_id is not null
    ), mine as materialized (
      select merchant_id, last_position from merchant_feeds
      where merchant_id = any (array(select merchant_id from waiting)) limit ${MERCHANTS} for update skip locked
    ), picked as materialized (
      select o.place from mine m cross join lateral (
        select o.ctid as place from outbox o where o.merchant_id = m.merchant_id order by o.order_id, o.version limit $1
      ) o
    ), taken as (
      delete from outbox where ctid = any (array(select place from picked)) returning merchant_id, order_id, version
    ), placed as (
      insert into event_feed (merchant_id, position, order_id, version, placed_at)
      select merchant_id, m.last_position + row_number() over (partition by merchant_id order by t.order_id, t.version),
        t.order_id, t.version, $2::timestamptz
      from taken t join mine m using (merchant_id)
      returning merchant_id, position, order_id
    ), counted as (
      update merchant_feeds f set last_position = p.last_position
      from (select merchant_id, max(position) as last_position from placed group by merchant_id) p
      where f.merchant_id = p.merchant_id
    ), news as materialized (
      select id::text, row_number() over () as n from (select order_id as id from placed union select merchant_id from placed) ids
    ), told as (
      select pg_notify('${WAKE_UP_CHANNEL}', string_agg(id, ',')) from news where $3::boolean group by (n - 1) / ${IDS_PER_PAYLOAD}
    )
    select (select count(*) from placed)::int as taken, (select count(*) from told) as told, array(select id from news) as news,
      array(select merchant_id from mine)::text[] as merchants,
      exists (select from webhook_endpoints where merchant_id in (select merchant_id from taken)) as webhooks,
      array(
        select merchant_id from waiting w
        where merchant_id is not null and not exists (select from merchant_feeds f where f.merchant_id = w.merchant_id)
      )::text[] as without_feed`,
};

/** Merchants that have no feed yet get one. */
export const openFeeds: Statement = {
  name: 'feeds-open',
  text: `
    insert into merchant_feeds (merchant_id) select id from merchants where id = any ($1::uuid[])
    on conflict do nothing`,
};

export const notifyWritten: Statement = {
  name: 'written-notify',
  text: `
    select pg_notify('${WRITTEN_CHANNEL}', string_agg(id::text, ','))
    from unnest($1::uuid[]) with ordinality as written (id, n) group by (n - 1) / ${IDS_PER_PAYLOAD}`,
};

export const notifyDeaf: Statement = {
  name: 'deaf-notify',
  text: `select pg_notify('${DEAF_CHANNEL}', '')`,
};
