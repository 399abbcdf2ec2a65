import type { Statement } from '../statement.ts';

/** The channel of the wake-ups. */
export const WAKE_UP_CHANNEL = 'kassa_orders';

/** A payload must stay under 8,000 bytes: 200 ids of 36 characters with commas are 7,399. */
const IDS_PER_PAYLOAD = 200;

/**
 * Takes up to $1 rows that nobody else is taking and tells their orders over {@link WAKE_UP_CHANNEL}; both
 * happen at the same commit. The array holds the picked rows fast: a join could pick anew.
 */
export const takeOutboxRows: Statement = {
  name: 'outbox-take',
  text: `
    with taken as (
      delete from outbox
      where ctid = any (array(select ctid from outbox limit $1 for update skip locked))
      returning merchant_id, order_id, version
    ), numbered as (
      select order_id, row_number() over () as position from (select distinct order_id from taken) ids
    ), told as (
      select pg_notify('${WAKE_UP_CHANNEL}', string_agg(order_id::text, ','))
      from numbered group by (position - 1) / ${IDS_PER_PAYLOAD}
    )
    select merchant_id, order_id, version, (select count(*) from told) from taken order by order_id, version`,
};
