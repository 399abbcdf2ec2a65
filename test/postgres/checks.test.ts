import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import type { Checks, Taken } from '../../src/orders/ports.ts';
import { type ChecksOptions, postgresChecks } from '../../src/postgres/checks.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { takeChecks } from '../../src/postgres/statements/checks.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { paymentFor, putting } from './books.ts';
import { sell, seller } from './sales.ts';

let fresh: FreshDatabase;
/** Two processes on one database. */
let ours: Database;
let theirs: Database;
let checks: Checks;
let others: Checks;

const PLENTY: ChecksOptions = { callsPerSecond: 1_000, freshMs: 3_000 };
const { merchantId } = seller;

beforeAll(async () => {
  fresh = await freshDatabase();
  [ours, theirs] = [await openDatabase({ url: fresh.url }), await openDatabase({ url: fresh.url })];
  await merchantWithApp(seller, 'app');
  [checks, others] = [postgresChecks(ours, PLENTY), postgresChecks(theirs, PLENTY)];
});

async function merchantWithApp(one: { merchantId: string; accountId: string }, appId: string): Promise<void> {
  const values = [one.merchantId, one.accountId];
  await ours.pool.query(`insert into merchants (id, name, created_at) values ($1, 'm', now())`, values.slice(0, 1));
  await ours.pool.query('insert into accounts (merchant_id, id) values ($1, $2)', values);
  await ours.pool.query('insert into apps (merchant_id, account_id, app_id) values ($1, $2, $3)', [...values, appId]);
}

beforeEach(async () => {
  await ours.pool.query('delete from checks');
  await ours.pool.query(`update apps set calls_paid_until = now() - interval '1 minute'`);
});

afterAll(async () => {
  await Promise.all([ours?.close(), theirs?.close()]);
  await fresh?.drop();
});

const now = new Date();
const inMs = (ms: number) => new Date(now.getTime() + ms);

/** Checks that are due so many ms from now, each last looked at a minute ago; answers their orders. */
async function dueIn(...ms: number[]): Promise<string[]> {
  const ids = ms.map(() => newUuid(now));
  await ours.pool.query(
    `insert into checks (merchant_id, order_id, due_at, looked_at) select $1, * , $4 from unnest($2::uuid[], $3::timestamptz[])`,
    [merchantId, ids, ms.map(inMs), inMs(-60_000)],
  );
  return ids;
}

async function rowOf(orderId: string) {
  const { rows } = await ours.pool.query<Record<string, string>>('select * from checks where order_id = $1', [orderId]);
  return rows.map(({ due_at, looked_at, tries, taken_until }) => ({
    dueAt: new Date(due_at ?? ''),
    lookedAt: new Date(looked_at ?? ''),
    tries,
    isTaken: taken_until !== null,
  }))[0];
}

const ordersOf = (taken: readonly Taken[]) => taken.map(({ orderId }) => orderId);
const theMinuteIsOver = () => ours.pool.query(`update checks set taken_until = now() - interval '1 second'`);

test('what is due is taken, the longest due first, and no more than the limit', async () => {
  const [second, first, , third] = await dueIn(-20, -30, 60_000, -10);
  expect(await checks.take(2, now)).toEqual([
    { merchantId, orderId: first, dueAt: inMs(-30), lookedAt: inMs(-60_000), tries: 0 },
    { merchantId, orderId: second, dueAt: inMs(-20), lookedAt: inMs(-60_000), tries: 0 },
  ]);
  expect(ordersOf(await checks.take(2, now))).toEqual([third]);
  expect(await checks.take(2, now)).toEqual([]);
});

test('two processes that take at the same time take disjoint sets, and together all of it', async () => {
  const ids = await dueIn(...Array.from({ length: 60 }, (_, index) => -index));
  const taken: string[] = [];
  while (taken.length < 60) {
    const both = await Promise.all([checks.take(10, now), others.take(10, now), checks.take(10, now)]);
    taken.push(...both.flatMap(ordersOf));
  }
  expect(taken.sort()).toEqual(ids.sort());
});

test('a check whose row somebody is writing is passed over, not waited for', async () => {
  const [held, free] = await dueIn(-20, -10);
  const writer = await theirs.pool.connect();
  await writer.query('begin');
  await writer.query('select from checks where order_id = $1 for update', [held]);
  expect(ordersOf(await checks.take(10, now))).toEqual([free]);
  await writer.query('rollback');
  writer.release();
  expect(ordersOf(await checks.take(10, now))).toEqual([held]);
});

test('one that was taken comes back when its minute is over', async () => {
  const [id] = await dueIn(-10);
  expect(ordersOf(await checks.take(10, now))).toEqual([id]);
  expect([await others.take(10, now), await others.takeOne(merchantId, id ?? '')]).toEqual([[], undefined]);
  await theMinuteIsOver();
  expect(ordersOf(await others.take(10, now))).toEqual([id]);
});

test('one order’s is taken whether due or not, once, and only with its own merchant', async () => {
  const { id, expiresAt } = await sell(postgresOrderStore(ours));
  expect(await checks.takeOne(newUuid(now), id)).toBeUndefined();
  expect(await checks.takeOne(merchantId, newUuid(now))).toBeUndefined();
  const taken = await Promise.all([checks.takeOne(merchantId, id), others.takeOne(merchantId, id)]);
  expect(taken.filter((one) => one !== undefined)).toMatchObject([{ orderId: id, dueAt: expiresAt }]);
});

test('with it comes the order, as whoever had it before has left it', async () => {
  const orders = postgresOrderStore(ours);
  const { id } = await sell(orders);
  const before = await checks.takeOne(merchantId, id);
  if (before === undefined) throw new Error('not taken');
  expect(before.order).toEqual(await orders.find(merchantId, { id }));
  const payment = paymentFor(before.order);
  await orders.write(putting(before.order, [payment]));
  await checks.putBack(before, { dueAt: inMs(1), lookedAt: now, tries: 0 });
  expect((await others.takeOne(merchantId, id))?.order).toMatchObject({ version: 2, payments: [{ id: payment.id }] });
});

test('it is put back for the next time, or dropped', async () => {
  await dueIn(-10, -5);
  const [next, last] = await checks.take(10, now);
  if (!next || !last) throw new Error('not taken');
  await checks.putBack(next, { dueAt: inMs(-1), lookedAt: now, tries: 4 });
  await checks.putBack(last, null);
  expect(await rowOf(next.orderId)).toEqual({ dueAt: inMs(-1), lookedAt: now, tries: 4, isTaken: false });
  expect(await rowOf(last.orderId)).toBeUndefined();
  expect(await others.take(10, now)).toMatchObject([{ orderId: next.orderId, tries: 4 }]);
});

test('a time that somebody else has set meanwhile stays, whether it is put back or dropped', async () => {
  await dueIn(-10, -5);
  const taken = await checks.take(10, now);
  const meanwhile = { dueAt: inMs(-7), lookedAt: inMs(-8), tries: 2 };
  await ours.pool.query('update checks set due_at = $1, looked_at = $2, tries = 2', [inMs(-7), inMs(-8)]);
  const [back, dropped] = taken;
  if (!back || !dropped) throw new Error('not taken');
  await checks.putBack(back, { dueAt: inMs(60_000), lookedAt: now, tries: 9 });
  await checks.putBack(dropped, null);
  for (const { orderId } of taken) expect(await rowOf(orderId)).toEqual({ ...meanwhile, isTaken: false });
  expect(ordersOf(await others.take(10, now)).sort()).toEqual(ordersOf(taken).sort());
});

test('a time that is set while its drop waits for the row stays, and the check is free again', async () => {
  const [id = ''] = await dueIn(-10);
  const [taken] = await checks.take(10, now);
  if (!taken) throw new Error('not taken');
  const writer = await theirs.pool.connect();
  await writer.query('begin');
  await writer.query('update checks set due_at = $2 where order_id = $1', [id, inMs(-7)]);
  const dropping = checks.putBack(taken, null);
  await until(waitingForLocks, (count) => count === 1);
  await writer.query('commit');
  writer.release();
  await dropping;
  expect(await rowOf(id)).toMatchObject({ dueAt: inMs(-7), isTaken: false });
});

async function waitingForLocks(): Promise<number> {
  const { rows } = await theirs.pool.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0]?.n ?? 0;
}

test('a hurried order is due now; one just looked at, one being looked at and one due already are left alone', async () => {
  const [far = '', seen = '', held = '', due = ''] = await dueIn(60_000, 60_000, 60_000, -10);
  await ours.pool.query('update checks set looked_at = $2 where order_id = $1', [seen, inMs(-2_999)]);
  await checks.takeOne(merchantId, held);
  await others.hurry(merchantId, [far, seen, held, due], now);
  const dues = await Promise.all([far, seen, held, due].map(rowOf));
  expect(dues.map((row) => row?.dueAt)).toEqual([now, inMs(60_000), inMs(60_000), inMs(-10)]);
  expect(dues[2]?.isTaken).toBe(true);
  await theMinuteIsOver();
  await others.hurry(merchantId, [held], now);
  expect((await rowOf(held))?.dueAt).toEqual(now);
});

test('a hurry waits for nobody: a check that somebody is changing is left alone, the others are due now', async () => {
  const [locked = '', free = ''] = await dueIn(60_000, 60_000);
  const writer = await theirs.pool.connect();
  try {
    await writer.query('begin');
    await writer.query('select from checks where order_id = $1 for update', [locked]);
    await others.hurry(merchantId, [locked, free], now);
    expect((await rowOf(free))?.dueAt).toEqual(now);
  } finally {
    await writer.query('rollback');
    writer.release();
  }
  expect((await rowOf(locked))?.dueAt).toEqual(inMs(60_000));
});

test('nothing due costs nothing: neither the budget nor a write', async () => {
  await dueIn(60_000, -10);
  await checks.take(10, now);
  const figures = 'select calls_paid_until, xmin::text from apps';
  const before = await ours.pool.query(figures);
  expect(await checks.take(10, now)).toEqual([]);
  expect((await ours.pool.query(figures)).rows).toEqual(before.rows);
});

test('all processes together keep to the budget: a second’s worth at once, and then so many a second', async () => {
  await dueIn(...Array.from({ length: 40 }, () => -10));
  const [one, other] = [ours, theirs].map((database) => postgresChecks(database, { ...PLENTY, callsPerSecond: 10 }));
  const takeBoth = async () => (await Promise.all([one?.take(32, now), other?.take(32, now)])).flat().length;
  const from = performance.now();
  let taken = await takeBoth();
  const most = () => 10 + ((performance.now() - from) * 10) / 1_000;
  expect(taken).toBeGreaterThanOrEqual(10);
  await until(
    async () => {
      taken += await takeBoth();
      expect(taken).toBeLessThanOrEqual(most());
      return taken;
    },
    (count) => count >= 15,
  );
});

/** So many checks of a merchant that are due, the oldest for an hour and the newest for a second. */
async function backlog(owner: string, count: number): Promise<void> {
  await ours.pool.query(
    `insert into checks (merchant_id, order_id, due_at, looked_at)
     select $1, gen_random_uuid(), $2::timestamptz - interval '1 second' - n * interval '1 hour' / $3, $2
     from generate_series(0, $3::int - 1) n`,
    [owner, now, count],
  );
}

test('whose budget is spent holds up nobody else', async () => {
  const busy = { merchantId: newUuid(now), accountId: newUuid(now) };
  await merchantWithApp(busy, 'busy');
  await backlog(busy.merchantId, 600);
  await dueIn(...Array.from({ length: 5 }, () => -10));
  const few = postgresChecks(ours, { ...PLENTY, callsPerSecond: 2 });
  const taken = [...(await few.take(32, now)), ...(await few.take(32, now))];
  const ours32 = taken.filter((one) => one.merchantId === merchantId);
  expect([ours32.length, taken.length - ours32.length]).toEqual([2, 2]);
});

test('who is passed over costs a step a minute, however much it waits with', async () => {
  const busy = newUuid(now);
  await backlog(busy, 20_000);
  await dueIn(-10);
  const { rows } = await ours.pool.query(`explain (analyze, buffers, format json) ${takeChecks.text}`, [
    now,
    32,
    0.001,
    [busy],
  ]);
  const { Plan: plan } = rows[0]['QUERY PLAN'][0];
  expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(2_000);
  expect(await checks.take(32, now)).toMatchObject(Array.from({ length: 32 }, () => ({ merchantId: busy })));
});

test('of many merchants the oldest minute comes first', async () => {
  const others = Array.from({ length: 20 }, () => newUuid(now));
  for (const other of others) await backlog(other, 60);
  const [oldest] = await dueIn(-2 * 3_600_000);
  expect(ordersOf(await checks.take(1, now))).toEqual([oldest]);
  for (const { dueAt } of await checks.take(20, now))
    expect(dueAt.getTime()).toBeLessThan(inMs(-58 * 60_000).getTime());
});

test('who has no app has no budget to keep to: nothing is forgotten', async () => {
  await dueIn(-10);
  await ours.pool.query('delete from apps');
  expect(await checks.take(10, now)).toHaveLength(1);
});
