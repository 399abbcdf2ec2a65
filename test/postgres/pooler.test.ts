// Sessions behind a transaction pooler belong to nobody.
import { Client } from 'pg';
import { afterEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresOrderReads } from '../../src/postgres/order-reads.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { keepSessionDefaults, SessionDefaultsError } from '../../src/postgres/session.ts';
import { freshDatabase } from '../support/database.ts';
import { openPooler, type Pooler } from '../support/pooler.ts';
import { sell } from './sales.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
});

async function database(): Promise<string> {
  const fresh = await freshDatabase();
  ends.push(() => fresh.drop());
  return fresh.url;
}

async function pooler(url: string): Promise<Pooler> {
  const opened = await openPooler(url);
  ends.push(() => opened.close());
  return opened;
}

async function open(url: string, directUrl: string, warnings: string[] = []): Promise<Database> {
  const opened = await openDatabase({ url, directUrl, warn: (warning) => warnings.push(warning) });
  ends.push(() => opened.close());
  return opened;
}

async function asked<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const SETTINGS = `select current_setting('timezone') as timezone, current_setting('statement_timeout') as statements,
  current_setting('idle_in_transaction_session_timeout') as transactions, current_setting('enable_seqscan') as scans,
  current_setting('jit') as jit`;

test('its role has by default what our own sessions set, and nothing is sent at connect', async () => {
  const directUrl = await database();
  await keepSessionDefaults({ pooledUrl: directUrl, directUrl, statementTimeoutMs: 5_000 });
  const { url, simple, served } = await pooler(directUrl);
  const warnings: string[] = [];
  const { pool } = await open(url, directUrl, warnings);
  for (let n = 0; n < 6; n += 1)
    expect((await pool.query(SETTINGS)).rows).toEqual([
      { timezone: 'UTC', statements: '5s', transactions: '10s', scans: 'off', jit: 'off' },
    ]);
  expect(Math.min(...served)).toBeGreaterThan(1);
  expect(simple.filter((sql) => /^\s*(set|listen|select pg_advisory)/i.test(sql))).toEqual([]);
  expect(warnings).toEqual([]);
});

test('defaults that are there are not written again, and five processes at once write them once', async () => {
  const directUrl = await database();
  const keep = () => keepSessionDefaults({ pooledUrl: directUrl, directUrl, statementTimeoutMs: 5_000 });
  await Promise.all([keep(), keep(), keep(), keep(), keep()]);
  const version = `select s.xmin::text from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
    where d.datname = current_database()`;
  const before = await asked(directUrl, version);
  await keep();
  expect(await asked(directUrl, version)).toEqual(before);
  expect(before).toHaveLength(1);
});

test('sessions older than the defaults are told of', async () => {
  const directUrl = await database();
  const { url } = await pooler(directUrl);
  const warnings: string[] = [];
  await open(url, directUrl, warnings);
  expect(warnings).toEqual([expect.stringContaining('older than the defaults of their role')]);
});

test('who may not set them gets the statements for an admin', async () => {
  const directUrl = await database();
  const pooledUrl = Object.assign(new URL(directUrl), { username: 'nobody-there' }).href;
  const keeping = keepSessionDefaults({ pooledUrl, directUrl, statementTimeoutMs: 5_000 });
  await expect(keeping).rejects.toThrow(SessionDefaultsError);
  await expect(keeping).rejects.toThrow(/Let an admin run: alter role "nobody-there" in database "\w+" set timezone/);
});

test('named statements and transactions go on, whichever session they meet', async () => {
  const directUrl = await database();
  const { url, served } = await pooler(directUrl);
  const opened = await open(url, directUrl);
  const orders = postgresOrderStore(opened);
  const sold = [];
  for (let n = 0; n < 12; n += 1) sold.push(await sell(orders));
  const reads = postgresOrderReads(opened);
  for (const { merchantId, id, merchantOrderNo } of sold)
    expect(await reads.orderRow(merchantId, { id })).toMatchObject({ merchantOrderNo });
  await opened.em().transactional(async (em) => {
    const [first] = await em.execute('select txid_current() as id');
    expect(await em.execute('select txid_current() as id')).toEqual([first]);
  });
  expect(Math.min(...served)).toBeGreaterThan(5);
});
