import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { analyzeOutgrown } from '../../src/postgres/statistics.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

let fresh: FreshDatabase;
let database: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url });
});

afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

async function addMerchants(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1)
    await database.pool.query(`insert into merchants (id, name, created_at) values ($1, 'one', now())`, [randomUUID()]);
  await database.pool.query('select pg_stat_force_next_flush()');
}

async function knownRows(): Promise<number> {
  const { rows } = await database.pool.query<{ known: number }>(
    `select reltuples::int as known from pg_class where oid = 'merchants'::regclass`,
  );
  return rows[0]?.known ?? 0;
}

test('a table is analyzed when it has outgrown its statistics, and not before', async () => {
  await addMerchants(40);
  expect(await analyzeOutgrown(database)).not.toContain('public.merchants');
  await addMerchants(20);
  expect(await analyzeOutgrown(database)).toContain('public.merchants');
  expect(await knownRows()).toBe(60);
  await addMerchants(100);
  expect(await analyzeOutgrown(database)).toEqual([]);
});

test('tables of another owner are left to it', async () => {
  await addMerchants(500);
  const client = await database.pool.connect();
  try {
    await client.query('create role no_owner');
    await client.query('set role no_owner');
    const asNoOwner = { pool: { query: client.query.bind(client) } } as unknown as Database;
    expect(await analyzeOutgrown(asNoOwner)).toEqual([]);
  } finally {
    await client.query('reset role');
    await client.query('drop role no_owner');
    client.release();
  }
});
