import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SpentOf } from '../../src/merchants/ports.ts';
import { rateLimit } from '../../src/merchants/rate-limit.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresSharedLimits } from '../../src/postgres/shared-limits.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { systemClock } from './sales.ts';

let fresh: FreshDatabase;
/** Two processes on one database. */
let ours: Database;
let theirs: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  [ours, theirs] = [await openDatabase({ url: fresh.url }), await openDatabase({ url: fresh.url })];
});

beforeEach(() => ours.pool.query('delete from rate_limits'));

afterAll(async () => {
  await Promise.all([ours?.close(), theirs?.close()]);
  await fresh?.drop();
});

const M = '00000000-0000-7000-8000-0000000000aa';
const spent = (name: string, seconds: number) => ({ limit: 'credential', merchantId: M, name, seconds }) as const;
/** The database keeps milliseconds. */
const rounded = (all: readonly SpentOf[]) =>
  all
    .map((one) => ({ ...one, seconds: Math.round(one.seconds * 100) / 100 }))
    .toSorted((a, b) => a.seconds - b.seconds);

test('what two processes take adds up, and comes back with time', async () => {
  const [here, there] = [postgresSharedLimits(ours), postgresSharedLimits(theirs)];
  expect(rounded(await here.add([spent('a', 30)]))).toEqual([spent('a', 30)]);
  const [both] = await there.add([spent('a', 12)]);
  expect(both?.seconds).toBeGreaterThan(30);
  expect(both?.seconds).toBeLessThanOrEqual(42);
  await ours.pool.query(`update rate_limits set full_at = now() - interval '1 hour'`);
  expect(rounded(await here.add([spent('a', 2)]))).toEqual([spent('a', 2)]);
});

test('names, limits and merchants are counted apart', async () => {
  const shared = postgresSharedLimits(ours);
  const other = { ...spent('a', 3), merchantId: '00000000-0000-0000-0000-000000000000' };
  const many = [spent('b', 2), spent('a', 1), { ...spent('a', 4), limit: 'merchant' as const }, other];
  expect(rounded(await shared.add(many))).toEqual(rounded(many));
});

test('many that add the same in any order do not wait for each other in a circle', async () => {
  const names = Array.from({ length: 30 }, (_, n) => `n${n}`);
  const all = Array.from({ length: 20 }, (_, n) => {
    const shared = postgresSharedLimits(n % 2 ? ours : theirs);
    return shared.add((n % 3 ? names : names.toReversed()).map((name) => spent(name, 60)));
  });
  await Promise.all([...all, postgresSharedLimits(ours).forget()]);
  const { rows } = await ours.pool.query(`select from rate_limits where full_at > now() + interval '1100 seconds'`);
  expect(rows).toHaveLength(30);
});

test('what is full again is forgotten', async () => {
  const shared = postgresSharedLimits(ours);
  await shared.add([spent('old', 60), spent('new', 60)]);
  await ours.pool.query(`update rate_limits set full_at = now() - interval '1 second' where name = 'old'`);
  await shared.forget();
  expect((await ours.pool.query('select name from rate_limits')).rows).toEqual([{ name: 'new' }]);
});

test('a process hears from the database what the other one has let through', async () => {
  const [here, there] = [rateLimit(5, systemClock), rateLimit(5, systemClock)];
  const who = { merchantId: M, name: 'till' };
  const take = (limit: typeof here, times: number) =>
    Array.from({ length: times }, () => limit.take(who)).filter((wait) => wait === 0).length;
  const share = async (limit: typeof here, database: Database) => {
    const told = limit.tell().map((one) => ({ limit: 'credential' as const, ...one }));
    for (const heard of await postgresSharedLimits(database).add(told)) limit.hear(heard);
  };
  expect(take(here, 100)).toBeGreaterThanOrEqual(10);
  await share(here, ours);
  expect(take(there, 100)).toBeGreaterThanOrEqual(10);
  await share(there, theirs);
  // Ten too many: nothing is left for the next two seconds.
  expect(there.waitOf(who)).toBeGreaterThan(0);
});
