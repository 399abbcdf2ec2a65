import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

let fresh: FreshDatabase;
let database: Database;
let warnings: string[];

beforeEach(async () => {
  fresh = await freshDatabase();
  warnings = [];
  database = await openDatabase({
    url: fresh.url,
    poolMax: 2,
    statementTimeoutMs: 300,
    warn: (message) => warnings.push(message),
  });
});

afterEach(async () => {
  await database.close();
  await fresh.drop();
});

test('every connection speaks UTC and has its limits', async () => {
  const { rows } = await database.pool.query(
    `select current_setting('TimeZone') as zone, current_setting('statement_timeout') as statement,
       current_setting('idle_in_transaction_session_timeout') as idle`,
  );
  expect(rows).toEqual([{ zone: 'UTC', statement: '300ms', idle: '10s' }]);
  await expect(database.pool.query('select pg_sleep(2)')).rejects.toThrow('statement timeout');
});

test('the pool tells how full it is', async () => {
  const held = [await database.pool.connect(), await database.pool.connect()];
  const waiting = database.ping();
  expect(database.poolFigures()).toEqual({ max: 2, open: 2, idle: 0, waiting: 1 });
  for (const client of held) client.release();
  await waiting;
  expect(database.poolFigures()).toMatchObject({ open: 2, idle: 2, waiting: 0 });
});

test('connections that the server drops, idle or not, end no process and are replaced', async () => {
  const other = await openDatabase({ url: fresh.url });
  const held = await database.pool.connect();
  await database.ping();
  await other.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await expect.poll(() => warnings.length).toBeGreaterThan(0);
  held.release(true);
  const ping = () => database.ping().then(() => 'up', String);
  await expect.poll(ping).toBe('up');
  await other.close();
});

test('a database that is not there is told by ping', async () => {
  const nowhere = await openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' });
  await expect(nowhere.ping()).rejects.toThrow('ECONNREFUSED');
  await nowhere.close();
});
