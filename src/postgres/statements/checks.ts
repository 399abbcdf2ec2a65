import { wholeOrderColumns } from '../columns.ts';
import { only, type Statement } from '../statement.ts';

/** Longer than any step of a check takes; when its process dies, another one takes it after that. */
const HELD_FOR = `interval '60 seconds'`;

/** A second's worth of calls may come at once. */
const BURST = `interval '1 second'`;

/**
 * Takes up to $2 checks that are due at $1 and that nobody holds. Calls are paid for as in a leaky bucket, one
 * for $4 seconds, on the application's row, so that all processes together keep to its budget. The array holds the locked rows fast.
 */
export const takeChecks: Statement = {
  name: 'checks-take',
  text: `
    with app as materialized (
      select app_id, greatest(calls_paid_until, now()) as from_at from apps where app_id = $3 for update
    ), room as (
      select least($2::int, floor(extract(epoch from now() + ${BURST} - from_at) / $4::float8)::int) as calls from app
    ), due as materialized (
      select ctid from checks
      where due_at <= $1 and (taken_until is null or taken_until < now())
      order by due_at limit (select coalesce(max(greatest(calls, 0)), 0) from room) for update skip locked
    ), taken as (
      update checks set taken_until = now() + ${HELD_FOR}
      where ctid = any (array(select ctid from due))
      returning merchant_id, order_id, due_at, looked_at, tries
    ), paid as (
      update apps set calls_paid_until =
        (select from_at from app) + (select count(*) from taken) * $4::float8 * interval '1 second'
      where app_id = $3 and exists (select from taken)
    )
    select * from taken order by due_at`,
};

export const anyDue: Statement = {
  name: 'checks-any-due',
  text: `select 1 from checks where due_at <= $1 and (taken_until is null or taken_until < now()) limit 1`,
};

/** With its order, as it is once nobody else has it: who had it before wrote all of that before it put the check back. */
export const takeCheck: Statement = {
  name: 'checks-take-one',
  text: `
    with taken as (
      update checks set taken_until = now() + ${HELD_FOR}
      where merchant_id = $1 and order_id = $2 and (taken_until is null or taken_until < now())
      returning due_at, looked_at, tries
    )
    select o.id as order_id, t.due_at, t.looked_at, t.tries, ${wholeOrderColumns}
    from taken t, orders o where o.merchant_id = $1 and o.id = ${only('$2', 'uuid')}`,
};

/** $3 is the time it was taken for; another one that stands there now was set meanwhile and stays. */
export const putBackCheck: Statement = {
  name: 'checks-put-back',
  text: `
    update checks set taken_until = null,
      due_at = case when due_at = $3 and looked_at = $7 then $4 else due_at end,
      looked_at = case when due_at = $3 and looked_at = $7 then $5 else looked_at end,
      tries = case when due_at = $3 and looked_at = $7 then $6 else tries end
    where merchant_id = $1 and order_id = $2`,
};

export const dropCheck: Statement = {
  name: 'checks-drop',
  text: `
    with dropped as (
      delete from checks where merchant_id = $1 and order_id = $2 and due_at is not distinct from $3 and looked_at = $4 returning 1
    )
    update checks set taken_until = null
    where merchant_id = $1 and order_id = $2 and not exists (select from dropped)`,
};

/** One that has just been looked at, or is being looked at, is left alone. */
export const hurryCheck: Statement = {
  name: 'checks-hurry',
  text: `
    update checks set due_at = least(due_at, $3)
    where merchant_id = $1 and order_id = $2 and looked_at < $4
      and (taken_until is null or taken_until < now())`,
};
