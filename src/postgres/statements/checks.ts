import { wholeOrderColumns } from '../columns.ts';
import { only, type Statement } from '../statement.ts';

/** Longer than any step of a check takes; when its process dies, another one takes it after that. */
const HELD_FOR = `interval '60 seconds'`;

/** A second's worth of calls may come at once. */
const BURST = `interval '1 second'`;

/** So many times what is wanted is looked at, so that a merchant with much to do leaves room for others. */
const MORE = 8;

/**
 * A merchant's budget is kept on the first of its apps' rows. Ordered by an expression: for the order of the key the planner
 * would walk all apps from the first on.
 */
const BUDGET_ROW = `select (array_agg(b.app_id order by b.app_id || ''))[1] from apps b
        where b.merchant_id = ${only('k.merchant_id', 'uuid')}`;

/** The minute of a time, as the index checks_minute_idx has it before the merchant and the time itself. */
const minuteOf = (time: string) => `date_bin('1 minute', ${time}, 'epoch')`;

const MINUTE = minuteOf('due_at');
const MINUTE_NOW = minuteOf('$1::timestamptz');

/**
 * Takes up to $2 checks that are due at $1 and that nobody holds. Calls are paid for as in a leaky bucket, one
 * for $3 seconds, on a row of each merchant's, so that all processes together keep to its budget. Those of the merchants $4
 * are passed over. Answers at least one row, which names the merchants whose budget is spent; without an order when
 * nothing was taken. The array holds the locked rows fast.
 *
 * A walk goes from one merchant's minute to the next, the oldest minutes first, until enough has been seen: those who are passed
 * over cost a step for each minute that they are behind, however much they wait with.
 */
export const takeChecks: Statement = {
  name: 'checks-take',
  text: `
    with recursive waiting as (
      (
        select ${MINUTE} as minute, merchant_id from checks where ${MINUTE} <= ${MINUTE_NOW}
        order by minute, merchant_id limit 1
      )
      union all
      select next.minute, next.merchant_id from waiting w cross join lateral (
        select ${MINUTE} as minute, merchant_id from checks
        where (${MINUTE}, merchant_id) > (w.minute, w.merchant_id) and ${MINUTE} <= ${MINUTE_NOW}
        order by minute, merchant_id limit 1
      ) next
    ), looked as materialized (
      select c.place, w.merchant_id, c.due_at from waiting w cross join lateral (
        select ctid as place, due_at from checks
        where ${MINUTE} = w.minute and merchant_id = w.merchant_id and due_at <= $1
          and (taken_until is null or taken_until < now())
        order by due_at limit $2::int
      ) c
      where w.merchant_id <> all ($4::uuid[]) limit $2::int * ${MORE}
    ), asking as materialized (
      select distinct merchant_id from looked
    ), app as materialized (
      select app_id, merchant_id, greatest(calls_paid_until, now()) as from_at from apps
      where app_id = any (array(select (${BUDGET_ROW}) from asking k))
      order by app_id for update
    ), room as (
      select l.place, l.due_at from (
        select place, merchant_id, due_at, row_number() over (partition by merchant_id order by due_at) as n from looked
      ) l left join app on app.merchant_id = l.merchant_id
      where app.app_id is null or l.n <= floor(extract(epoch from now() + ${BURST} - app.from_at) / $3::float8)
    ), due as materialized (
      select ctid from checks
      where ctid = any (array(select place from room order by due_at limit $2::int))
        and (due_at <= $1) is true and (taken_until is null or taken_until < now())
      for update skip locked
    ), taken as (
      update checks set taken_until = now() + ${HELD_FOR}
      where ctid = any (array(select ctid from due))
      returning merchant_id, order_id, due_at, looked_at, tries
    ), paid as (
      update apps a set calls_paid_until = app.from_at + t.calls * $3::float8 * interval '1 second'
      from app join (select merchant_id, count(*) as calls from taken group by merchant_id) t
        on t.merchant_id = app.merchant_id
      where a.app_id = any (array(select app_id from app)) and a.app_id = app.app_id
    )
    select spent.merchants as spent, t.* from (
      select array(select merchant_id from app
        where extract(epoch from now() + ${BURST} - from_at) < $3::float8) as merchants
    ) spent left join taken t on true order by t.due_at`,
};

export const anyDue: Statement = {
  name: 'checks-any-due',
  text: `
    select 1 from checks
    where ${MINUTE} <= ${MINUTE_NOW} and due_at <= $1 and (taken_until is null or taken_until < now()) limit 1`,
};

/** With its order, as it is once nobody else has it: who had it before wrote all of that before it put the check back. */
export const takeCheck: Statement = {
  name: 'checks-take-one',
  text: `
    with taken as (
      update checks set taken_until = now() + ${HELD_FOR}
      where merchant_id = $1 and order_id = ${only('$2', 'uuid')} and (taken_until is null or taken_until < now())
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
    where merchant_id = $1 and order_id = ${only('$2', 'uuid')}`,
};

export const dropCheck: Statement = {
  name: 'checks-drop',
  text: `
    with dropped as (
      delete from checks where merchant_id = $1 and order_id = ${only('$2', 'uuid')} and due_at is not distinct from $3 and looked_at = $4 returning 1
    )
    update checks set taken_until = null
    where merchant_id = $1 and order_id = ${only('$2', 'uuid')} and not exists (select from dropped)`,
};

/** Those that have just been looked at, or are being looked at, are left alone; so is what somebody changes now: nobody waits. */
export const hurryChecks: Statement = {
  name: 'checks-hurry',
  text: `
    with far as materialized (
      select ctid from checks
      where merchant_id = $1 and order_id = any ((select $2::uuid[])::uuid[]) and due_at > $3 and looked_at < $4
        and (taken_until is null or taken_until < now())
      for update skip locked
    )
    update checks set due_at = $3 where ctid = any (array(select ctid from far))`,
};
