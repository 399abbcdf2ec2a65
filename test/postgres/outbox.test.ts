import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { type OutboxRelay, postgresOutboxRelay } from '../../src/postgres/outbox-relay.ts';
import { type ListeningWakeUps, listenForWakeUps } from '../../src/postgres/wake-ups.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { sell } from './sales.ts';

let fresh: FreshDatabase;
let database: Database;
let relay: OutboxRelay;
const listeners: ListeningWakeUps[] = [];

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url });
  relay = postgresOutboxRelay(database);
});

beforeEach(async () => {
  await database.pool.query('delete from outbox');
});

afterAll(async () => {
  await Promise.all(listeners.map((listener) => listener.close()));
  await database?.close();
  await fresh?.drop();
});

async function sellMany(count: number): Promise<string[]> {
  const orders = postgresOrderStore(database);
  const sold = await Promise.all(Array.from({ length: count }, () => sell(orders)));
  return sold.map(({ id }) => id).sort();
}

interface Heard {
  readonly payloads: (readonly string[])[];
  reconnects: number;
  readonly listener: ListeningWakeUps;
}

async function listen(): Promise<Heard> {
  const payloads: (readonly string[])[] = [];
  const counts = { reconnects: 0 };
  const listener = await listenForWakeUps({
    directUrl: fresh.url,
    onOrders: (ids) => payloads.push(ids),
    onReconnect: () => counts.reconnects++,
  });
  listeners.push(listener);
  return {
    payloads,
    get reconnects() {
      return counts.reconnects;
    },
    listener,
  };
}

test('rows are taken once, at most the limit, and then the outbox is empty', async () => {
  const ids = await sellMany(5);
  const first = await relay.takeOutbox(3);
  const rest = await relay.takeOutbox(3);
  expect([first.length, rest.length]).toEqual([3, 2]);
  expect([...first, ...rest].map(({ orderId }) => orderId).sort()).toEqual(ids);
  expect(first[0]).toEqual({ merchantId: expect.any(String), orderId: first[0]?.orderId, version: 1 });
  expect(await relay.takeOutbox(3)).toEqual([]);
});

test('two relays at once share the rows', async () => {
  const ids = await sellMany(60);
  const taken = await Promise.all([relay.takeOutbox(40), relay.takeOutbox(40), relay.takeOutbox(40)]);
  const last = await relay.takeOutbox(40);
  expect([...taken.flat(), ...last].map(({ orderId }) => orderId).sort()).toEqual(ids);
});

test('a row held by an open transaction, and one that commits late, are passed over and taken afterwards', async () => {
  const [held] = await sellMany(1);
  const holder = await database.pool.connect();
  await holder.query('begin');
  await holder.query('select from outbox where order_id = $1 for update', [held]);
  const late = await database.pool.connect();
  await late.query('begin');
  await late.query(`insert into outbox values (gen_random_uuid(), '00000000-0000-7000-8000-000000000000', 1)`);
  const [free] = await sellMany(1);
  expect((await relay.takeOutbox(10)).map(({ orderId }) => orderId)).toEqual([free]);
  await holder.query('rollback');
  await late.query('commit');
  holder.release();
  late.release();
  const rest = (await relay.takeOutbox(10)).map(({ orderId }) => orderId);
  expect(rest).toEqual(['00000000-0000-7000-8000-000000000000', held]);
});

test('every listener hears of each order once, in payloads below the limit, within a second', async () => {
  const heard = [await listen(), await listen()];
  const ids = await sellMany(450);
  const from = performance.now();
  await relay.takeOutbox(1_000);
  for (const { payloads } of heard) {
    await expect.poll(() => payloads.flat().length).toBe(450);
    expect(payloads.length).toBe(3);
    expect(payloads.flat().sort()).toEqual(ids);
    for (const payload of payloads) expect(Buffer.byteLength(payload.join(','))).toBeLessThanOrEqual(7_900);
  }
  expect(performance.now() - from).toBeLessThan(1_000);
});

test('two events of one order are one hint', async () => {
  const { payloads } = await listen();
  const [id] = await sellMany(1);
  await database.pool.query(`insert into outbox select merchant_id, order_id, 2 from outbox`);
  expect((await relay.takeOutbox(10)).map(({ version }) => version)).toEqual([1, 2]);
  await expect.poll(() => payloads).toEqual([[id]]);
});

test('an empty outbox wakes nobody', async () => {
  const { payloads } = await listen();
  await relay.takeOutbox(10);
  const [id] = await sellMany(1);
  await relay.takeOutbox(10);
  await expect.poll(() => payloads).toEqual([[id]]);
});

test('a listener whose connection is cut says so, comes back and hears again', async () => {
  const heard = await listen();
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'`,
  );
  await expect.poll(() => heard.reconnects).toBe(1);
  expect(heard.listener.listening()).toBe(true);
  const [id] = await sellMany(1);
  await relay.takeOutbox(10);
  await expect.poll(() => heard.payloads).toEqual([[id]]);
  await heard.listener.close();
  expect(heard.listener.listening()).toBe(false);
});

test('a database that is not there is told at once', async () => {
  const nobody = { directUrl: 'postgres://x@127.0.0.1:1/x', onOrders: () => {}, onReconnect: () => {} };
  await expect(listenForWakeUps(nobody)).rejects.toThrow('ECONNREFUSED');
});
