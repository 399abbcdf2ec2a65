import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { pruneOnce } from '../../src/postgres/feed.ts';
import { brokerPlaces, type ReaderPlaces } from '../../src/postgres/feed-places.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { postgresOutboxRelay } from '../../src/postgres/outbox-relay.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { sell } from './sales.ts';

const NOW = new Date('2026-05-05T05:05:05.005Z');
const YEARS_LATER = new Date('2036-05-05T05:05:05.005Z');

let fresh: FreshDatabase;
let database: Database;
let places: ReaderPlaces;
let merchantId: string;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url });
  places = brokerPlaces(database);
});

beforeEach(async () => {
  await database.pool.query('delete from feed_readers; delete from event_feed; delete from merchant_feeds');
  await database.pool.query(`delete from settings where name = 'READER_broker'`);
  merchantId = await newMerchant();
});

afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

async function newMerchant(): Promise<string> {
  const id = randomUUID();
  await database.pool.query('insert into merchants values ($1, $2, now())', [id, 'a']);
  return id;
}

/** So many events in a merchant's feed. */
async function place(count: number, owner = merchantId): Promise<void> {
  for (let n = 0; n < count; n += 1) await sell(postgresOrderStore(database), { merchantId: owner });
  await postgresOutboxRelay(database).takeOutbox({ limit: 100, now: NOW, notify: false });
}

/** The time for which a process that died holds its places is over. */
async function leasesEnd(): Promise<void> {
  await database.pool.query(`update feed_readers set taken_until = clock_timestamp() - interval '1 millisecond'`);
}

async function take(owner = merchantId) {
  const [held] = await places.take([owner], 5);
  if (held === undefined) throw new Error('nothing could be held');
  return held;
}

test('the first time the reader begins at the present end; who comes later is read from the beginning', async () => {
  await place(3);
  expect(await places.isIntroduced()).toBe(false);
  await Promise.all([places.introduce(), places.introduce(), brokerPlaces(database).introduce()]);
  expect(await places.isIntroduced()).toBe(true);
  expect(await places.waiting(9)).toEqual([]);

  const later = await newMerchant();
  await place(2, later);
  await place(1);
  expect([...(await places.waiting(9))].sort()).toEqual([later, merchantId].sort());
  const held = await places.take([merchantId, later], 9);
  expect(held.map((one) => [one.merchantId, one.position]).sort()).toEqual(
    [
      [later, 0],
      [merchantId, 3],
    ].sort(),
  );
});

test('a second introduction, as after every restart, skips nothing', async () => {
  await place(1);
  await places.introduce();
  await place(2);
  await places.introduce();
  expect((await places.waiting(9)).length).toBe(1);
  expect((await take()).position).toBe(1);
});

test('a place is held by one process at a time, until it is released or its time is over', async () => {
  await place(1);
  await places.waiting(9);
  const takers = await Promise.all(Array.from({ length: 8 }, () => places.take([merchantId], 5)));
  const held = takers.flat();
  expect(held).toHaveLength(1);
  expect(await places.waiting(9)).toEqual([]);
  for (const one of held) await places.release(one);
  const again = await take();
  expect(await places.take([merchantId], 5)).toEqual([]);
  await leasesEnd();
  expect(await places.waiting(9)).toEqual([merchantId]);
  expect((await take()).lease).not.toBe(again.lease);
});

test('who has lost a place moves nothing, and releases nothing', async () => {
  await place(3);
  await places.waiting(9);
  const lost = await take();
  await leasesEnd();
  const held = await take();
  expect(await places.move(lost, 2)).toBeUndefined();
  await places.release(lost);
  expect(await places.take([merchantId], 5)).toEqual([]);
  const moved = await places.move(held, 2);
  expect(moved).toMatchObject({ merchantId, position: 2 });
  expect(await places.move(held, 3)).toBeUndefined();
});

test('a place at the end of its feed is not taken; the backlog tells what waits, and since when', async () => {
  await place(2);
  await places.waiting(9);
  expect(await places.backlog()).toEqual({ events: 2, waitsSince: NOW });
  await places.move(await take(), 2);
  await leasesEnd();
  expect(await places.take([merchantId], 5)).toEqual([]);
  expect(await places.backlog()).toEqual({ events: 0, waitsSince: null });
});

test('nothing that was not read is pruned, not even of a merchant that nobody has read yet', async () => {
  await place(2);
  await places.waiting(9);
  expect(await pruneOnce(database, YEARS_LATER, 10)).toBe(0);
  const held = await places.move(await take(), 1);
  expect(await pruneOnce(database, YEARS_LATER, 10)).toBe(1);
  expect(held?.position).toBe(1);
});
