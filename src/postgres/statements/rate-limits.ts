import type { Statement } from '../statement.ts';

/**
 * Adds what was taken from the allowances ($1 merchants, $2 limits, $3 names), as the seconds $4 in which it comes back, and
 * answers in how many seconds each is full again. Sorted, so that two processes never wait for each other in a circle.
 */
export const addSpent: Statement = {
  name: 'rate-limits-add',
  text: `
    insert into rate_limits as r (merchant_id, kind, name, full_at)
    select merchant_id, kind, name, now() + seconds * interval '1 second'
    from unnest($1::uuid[], $2::text[], $3::text[], $4::float8[]) as spent (merchant_id, kind, name, seconds)
    order by merchant_id, kind, name
    on conflict (merchant_id, kind, name) do update
      set full_at = greatest(r.full_at, now()) + (excluded.full_at - now())
    returning merchant_id, kind, name, extract(epoch from full_at - now())::float8 as seconds`,
};

/** A full allowance is as good as none. One that is being added to is left to whoever comes next. */
export const forgetFull: Statement = {
  name: 'rate-limits-forget',
  text: `
    delete from rate_limits where ctid = any (array(
      select ctid from rate_limits where full_at < now() for update skip locked
    ))`,
};
