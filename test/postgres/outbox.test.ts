import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresFeed } from '../../src/postgres/feed.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { type OutboxRelay, postgresOutboxRelay } from '../../src/postgres/outbox-relay.ts';
import { type ListeningWakeUps, listenForWakeUps, tellWritten } from '../../src/postgres/wake-ups.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { sell, seller } from './sales.ts';

const { merchantId } = seller;
const OTHER = '01900000-0000-7000-8000-000000000002';
const NOW = new Date('2026-05-05T05:05:05.005Z');

let fresh: FreshDatabase;
let database: Database;
let relay: OutboxRelay;
const listeners: ListeningWakeUps[] = [];

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url });
  relay = postgresOutboxRelay(database);
  await database.pool.query(`insert into merchants values ('${merchantId}', 'a', now()), ('${OTHER}', 'b', now())`);
});

beforeEach(async () => {
  await database.pool.query('delete from outbox; delete from event_feed; delete from merchant_feeds');
});

afterAll(async () => {
  await Promise.all(listeners.map((listener) => listener.close()));
  await database?.close();
  await fresh?.drop();
});

const take = (limit: number, notify = true) => relay.takeOutbox({ limit, now: NOW, notify });

async function sellMany(count: number, owner = merchantId): Promise<string[]> {
  const orders = postgresOrderStore(database);
  const sold = await Promise.all(Array.from({ length: count }, () => sell(orders, { merchantId: owner })));
  return sold.map(({ id }) => id).sort();
}

interface Placed {
  readonly position: number;
  readonly order_id: string;
  readonly version: number;
}

async function placed(owner = merchantId): Promise<Placed[]> {
  const sql = 'select position::int, order_id, version from event_feed where merchant_id = $1 order by position';
  return (await database.pool.query<Placed>(sql, [owner])).rows;
}

interface Heard {
  readonly payloads: (readonly string[])[];
  readonly written: (readonly string[])[];
  reconnects: number;
  readonly listener: ListeningWakeUps;
}

async function listen(): Promise<Heard> {
  const payloads: (readonly string[])[] = [];
  const written: (readonly string[])[] = [];
  const counts = { reconnects: 0 };
  const listener = await listenForWakeUps({
    directUrl: () => fresh.url,
    onNews: (ids) => payloads.push(ids),
    onWritten: (ids) => written.push(ids),
    onReconnect: () => counts.reconnects++,
  });
  listeners.push(listener);
  return {
    payloads,
    written,
    get reconnects() {
      return counts.reconnects;
    },
    listener,
  };
}

test('rows are placed once, at most the limit of each merchant, and then the outbox is empty', async () => {
  const ids = await sellMany(5);
  const others = await sellMany(2, OTHER);
  const first = await take(3);
  expect(first.taken).toBe(5);
  expect((await take(3)).taken).toBe(2);
  expect(await take(3)).toEqual({ taken: 0, news: [], merchants: [], webhooks: false });
  const feed = await placed();
  expect(feed.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
  expect(feed.map(({ order_id }) => order_id)).toEqual(ids);
  expect((await placed(OTHER)).map(({ order_id }) => order_id)).toEqual(others);
  expect(first.news.toSorted()).toEqual([...ids.slice(0, 3), ...others, merchantId, OTHER].toSorted());
});

test('relays at once share the merchants, and give each position once', async () => {
  await take(1);
  const ids = await sellMany(60);
  await sellMany(60, OTHER);
  await Promise.all(Array.from({ length: 6 }, () => take(15)));
  while ((await take(15)).taken > 0);
  const feed = await placed();
  expect(feed.map(({ position }) => position)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  expect(feed.map(({ order_id }) => order_id).sort()).toEqual(ids);
  expect((await placed(OTHER)).length).toBe(60);
});

test('an order’s events keep their order, whatever relays, limits and late rows do', async () => {
  const [one] = await sellMany(1);
  const add = (version: number) =>
    database.pool.query('insert into outbox values ($1, $2, $3)', [merchantId, one, version]);
  const running = { still: true };
  const relays = [1, 2, 3].map(async (limit) => {
    while (running.still) await take(limit);
  });
  for (let version = 2; version <= 60; version += 1) await add(version);
  await expect.poll(async () => (await placed()).length, { timeout: 10_000 }).toBe(60);
  running.still = false;
  await Promise.all(relays);
  expect((await placed()).map(({ version }) => version)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
});

test('what a relay has placed but not committed is neither skipped nor read past', async () => {
  const [first] = await sellMany(1);
  await take(10);
  const feed = postgresFeed(database);
  const slow = await database.pool.connect();
  await slow.query('begin');
  await slow.query(`update merchant_feeds set last_position = 2 where merchant_id = '${merchantId}'`);
  await slow.query(`insert into event_feed values ('${merchantId}', 2, '${first}', 1, now())`);
  const [second] = await sellMany(1);
  expect((await take(10)).taken).toBe(0);
  expect((await feed.read(merchantId, { after: 0, limit: 9 })).lastPosition).toBe(1);
  await slow.query('commit');
  slow.release();
  expect((await take(10)).taken).toBe(1);
  const page = await feed.read(merchantId, { after: 1, limit: 9 });
  expect(page.events.map(({ position, event }) => [position, event.orderId])).toEqual([
    [2, first],
    [3, second],
  ]);
});

test('a row held by an open transaction is waited for, and one that commits late is placed after it', async () => {
  const late = await database.pool.connect();
  await late.query('begin');
  await late.query(`insert into outbox values ('${merchantId}', '00000000-0000-7000-8000-000000000000', 1)`);
  const [free] = await sellMany(1);
  expect((await take(10)).taken).toBe(1);
  await late.query('commit');
  late.release();
  expect((await take(10)).taken).toBe(1);
  expect((await placed()).map(({ order_id }) => order_id)).toEqual([free, '00000000-0000-7000-8000-000000000000']);
});

test('every listener hears of each order and merchant once, in payloads below the limit, within a second', async () => {
  const heard = [await listen(), await listen()];
  const ids = await sellMany(450);
  const from = performance.now();
  await take(1_000);
  for (const { payloads } of heard) {
    await expect.poll(() => payloads.flat().length).toBe(451);
    expect(payloads.length).toBe(3);
    expect(payloads.flat().sort()).toEqual([...ids, merchantId].sort());
    for (const payload of payloads) expect(Buffer.byteLength(payload.join(','))).toBeLessThanOrEqual(7_900);
  }
  expect(performance.now() - from).toBeLessThan(1_000);
});

test('two events of one order are one hint', async () => {
  const { payloads } = await listen();
  const [id] = await sellMany(1);
  await database.pool.query(`insert into outbox select merchant_id, order_id, 2 from outbox`);
  expect((await take(10)).taken).toBe(2);
  await expect.poll(() => payloads.flat().sort()).toEqual([merchantId, id].sort());
});

test('a take says whether any of whom it served has webhook endpoints', async () => {
  await sellMany(1);
  expect((await take(10)).webhooks).toBe(false);
  await database.pool.query(
    `insert into webhook_endpoints (merchant_id, id, place, url, secret, created_at)
     values ($1, $2, 1, 'http://localhost', '', now())`,
    [OTHER, OTHER],
  );
  await sellMany(1);
  expect((await take(10)).webhooks).toBe(false);
  await sellMany(1, OTHER);
  expect((await take(10)).webhooks).toBe(true);
  expect((await take(10)).webhooks).toBe(false);
  await database.pool.query('delete from webhook_endpoints');
});

test('where others carry the hints, nothing is notified', async () => {
  const { payloads } = await listen();
  await sellMany(1);
  expect((await take(10, false)).news).toHaveLength(2);
  await sellMany(1);
  await take(10);
  await expect.poll(() => payloads.flat().length).toBe(2);
  await delay(20);
  expect(payloads.flat().length).toBe(2);
});

test('a process without a relay tells what it has written on a channel of its own', async () => {
  const heard = await listen();
  const ids = await sellMany(201);
  await tellWritten(database, ids);
  await expect.poll(() => heard.written.flat().sort()).toEqual(ids);
  expect(heard.written.length).toBe(2);
  expect(heard.payloads).toEqual([]);
});

test('a listener whose connection is cut says so, comes back and hears again', async () => {
  const heard = await listen();
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'`,
  );
  await expect.poll(() => heard.reconnects).toBe(1);
  expect(heard.listener.listening()).toBe(true);
  const [id] = await sellMany(1);
  await take(10);
  await expect.poll(() => heard.payloads.flat().sort()).toEqual([merchantId, id].sort());
  await heard.listener.close();
  expect(heard.listener.listening()).toBe(false);
});

test('a database that is not there is told at once', async () => {
  const nobody = {
    directUrl: () => 'postgres://x@127.0.0.1:1/x',
    onNews: () => {},
    onWritten: () => {},
    onReconnect: () => {},
  };
  await expect(listenForWakeUps(nobody)).rejects.toThrow('ECONNREFUSED');
});
