// Until nothing is left to do: time goes on from one thing that is due to the next, and then past the last resending.
import { setTimeout as pause } from 'node:timers/promises';
import type { Site } from './site.ts';

const DAY_MS = 24 * 3_600_000;
/** Nothing takes so long that is not stuck. */
const QUIET_WITHIN_MS = 60_000;
const MOMENT_MS = 15;
/** After so many steps the next ones are no shorter than this. */
const LEAPS: readonly (readonly [steps: number, leastMs: number])[] = [
  [40, 3_600_000],
  [20, 300_000],
  [8, 30_000],
];

/** Heals everything, lets both gateways finish, and moves the clock until nothing is due, owed or still to be delivered. */
export async function quiet(site: Site): Promise<void> {
  const { ground } = site;
  await heal(site);
  await release(site);
  const giveUpAt = performance.now() + QUIET_WITHIN_MS;
  for (let round = 0; round < 2; round += 1) {
    await settleAll(site, giveUpAt);
    // Notices that were lost have come again by then, and may have made something due.
    await ground.sandbox.advance(2 * DAY_MS);
  }
  await settleAll(site, giveUpAt);
}

async function heal({ ground, places, fromAlipay }: Site): Promise<void> {
  for (const { toPostgres, toAlipay, toRabbit } of places)
    for (const wire of [toPostgres, toAlipay, toRabbit]) wire.strike(undefined);
  fromAlipay.strike(undefined);
  await ground.sandbox.clearFaults();
  // One that has died may still be on its way up: the other one does its work.
  await Promise.any(places.map(({ gateway }) => gateway.up()));
  await Promise.all(places.map(({ gateway }) => gateway.plan([])));
}

/**
 * The minute is over for which a dead process held what it had taken. Living ones have put theirs back by now: what was
 * taken since they settled is left to them.
 */
async function release({ pool, places }: Site): Promise<void> {
  const { rows } = await pool.query<{ now: Date }>('select now()');
  await Promise.all(places.map(({ gateway }) => gateway.plan([])));
  for (const table of ['checks', 'webhook_queue', 'feed_readers'])
    await pool.query(
      `update ${table} set taken_until = null where taken_until < $1::timestamptz + interval '60 seconds'`,
      [rows[0]?.now],
    );
}

/**
 * What is still to be done by itself, when the first of it is due, and whether somebody is still to be told. A webhook waits
 * for the one before it in its lane, and for the rest that its endpoint has been given.
 */
const LEFT = `
  with due as (
    select min(due_at) as at from checks
    union all
    select min(greatest(first.due_at, e.rests_until)) from (
      select distinct on (merchant_id, endpoint_id, lane) * from webhook_queue order by merchant_id, endpoint_id, lane, turn
    ) first join webhook_endpoints e on e.merchant_id = first.merchant_id and e.id = first.endpoint_id
  )
  select min(at) as at, exists (select from outbox) or exists (
    select from feed_readers r join merchant_feeds f using (merchant_id)
    where r.position < f.last_position and (r.name = 'broker'
      or exists (select from webhook_endpoints e where e.merchant_id = r.merchant_id))
  ) as owed from due`;

async function settleAll({ ground, places, pool }: Site, giveUpAt: number): Promise<void> {
  for (let step = 0; ; step += 1) {
    const { rows } = await pool.query<{ at: Date | null; owed: boolean }>(LEFT);
    const { at = null, owed = false } = rows[0] ?? {};
    if (at === null && !owed) return;
    if (performance.now() > giveUpAt) throw new Error(`not quiet: ${await leftovers(pool)}`);
    const dueInMs = at === null ? 0 : at.getTime() - (Date.now() + ground.aheadMs());
    if (dueInMs > 0) {
      const least = LEAPS.find(([steps]) => step >= steps)?.[1] ?? 0;
      await ground.sandbox.advance(Math.max(Math.ceil(dueInMs), least));
    } else {
      // What is due and on its way needs a moment of everybody's time, not of the clock's.
      await pause(MOMENT_MS);
      await Promise.all(places.map(({ gateway }) => gateway.clockAt(ground.aheadMs())));
    }
  }
}

async function leftovers(pool: Site['pool']): Promise<string> {
  const { rows } = await pool.query(
    `select now(), (select count(*) from outbox) as outbox, (select json_agg(r) from feed_readers r) as readers,
       (select json_agg(f) from merchant_feeds f) as feeds, (select json_agg(q) from (select * from webhook_queue limit 3) q) as webhooks,
       (select json_agg(c) from (
          select c.*, o.merchant_order_no, o.status, o.expires_at, o.undo_at,
            (select json_agg(p) from payments p where p.order_id = o.id) as payments,
            (select json_agg(r) from refunds r where r.order_id = o.id) as refunds
          from checks c left join orders o on o.id = c.order_id limit 3) c) as checks`,
  );
  return JSON.stringify(rows[0]);
}
