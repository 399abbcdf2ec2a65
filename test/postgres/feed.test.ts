import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresFeed, pruneOnce } from '../../src/postgres/feed.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { postgresOutboxRelay } from '../../src/postgres/outbox-relay.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { keepEvents, sell } from './sales.ts';

const DAY_MS = 86_400_000;
const START = new Date('2026-05-05T00:00:00.000Z');

let fresh: FreshDatabase;
let database: Database;
let merchantId: string;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url });
});

beforeEach(async () => {
  await database.pool.query('delete from feed_readers; delete from event_feed; delete from merchant_feeds');
  merchantId = newUuid(new Date());
  await database.pool.query('insert into merchants values ($1, $2, now())', [merchantId, 'a']);
});

afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

const onDay = (day: number) => new Date(START.getTime() + day * DAY_MS);

/** One event a day, from the given day on. */
async function placeDaily(count: number, from = 0): Promise<void> {
  for (let day = from; day < from + count; day += 1) {
    await sell(postgresOrderStore(database), { merchantId });
    await postgresOutboxRelay(database).takeOutbox({ limit: 10, now: onDay(day), notify: false });
  }
}

test('a feed nothing has happened in is empty, and so is one that is not there', async () => {
  const empty = { events: [], lastPosition: 0, prunedPosition: 0 };
  expect(await postgresFeed(database).read(merchantId, { after: 0, limit: 5 })).toEqual(empty);
  expect(await postgresFeed(database).read(newUuid(new Date()), { after: 0, limit: 5 })).toEqual(empty);
});

test('an event comes with its place and its order’s number; the end of the feed comes with an empty page too', async () => {
  await placeDaily(3);
  const feed = postgresFeed(database);
  const page = await feed.read(merchantId, { after: 1, limit: 1 });
  expect(page).toMatchObject({ lastPosition: 3, prunedPosition: 0 });
  expect(page.events).toEqual([
    {
      position: 2,
      merchantOrderNo: expect.stringMatching(/^T-/),
      event: expect.objectContaining({ merchantId, version: 1, type: 'order.created', status: 'PENDING' }),
    },
  ]);
  expect(await feed.read(merchantId, { after: 3, limit: 5 })).toEqual({
    events: [],
    lastPosition: 3,
    prunedPosition: 0,
  });
});

test('events older than the merchant’s retention are forgotten, oldest first, and the others stay', async () => {
  await placeDaily(5);
  const feed = postgresFeed(database);
  await keepEvents(database, merchantId, 2);
  expect(await feed.retentionDays(merchantId)).toBe(2);
  expect(await pruneOnce(database, onDay(4.5), 2)).toBe(2);
  expect(await pruneOnce(database, onDay(4.5), 2)).toBe(1);
  expect(await pruneOnce(database, onDay(4.5), 2)).toBe(0);
  const page = await feed.read(merchantId, { after: 0, limit: 9 });
  expect(page).toMatchObject({ lastPosition: 5, prunedPosition: 3 });
  expect(page.events.map(({ position }) => position)).toEqual([4, 5]);
  const { rows } = await database.pool.query('select 1 from order_events where merchant_id = $1', [merchantId]);
  expect(rows).toHaveLength(5);
});

test('who changed the retention is noted, from what to what; that it stays is no news', async () => {
  await keepEvents(database, merchantId, 7);
  await keepEvents(database, merchantId, 7);
  const { rows } = await database.pool.query(
    `select actor, details from audit_notes where merchant_id = $1 and subject = $1 and action = 'event_retention.set'`,
    [merchantId],
  );
  expect(rows).toEqual([{ actor: 'key-1', details: { before: 30, after: 7 } }]);
});

test('nothing is forgotten that a reader inside the gateway still has before it', async () => {
  await placeDaily(3);
  await database.pool.query(`insert into feed_readers values ($1, 'broker', 1), ($1, 'webhook', 3)`, [merchantId]);
  expect(await pruneOnce(database, onDay(365), 10)).toBe(1);
  expect(await pruneOnce(database, onDay(365), 10)).toBe(0);
  await database.pool.query('update feed_readers set position = 2 where merchant_id = $1', [merchantId]);
  expect(await pruneOnce(database, onDay(365), 10)).toBe(1);
  expect((await postgresFeed(database).read(merchantId, { after: 2, limit: 9 })).events).toHaveLength(1);
});
