// The index of the checks is exchanged while a gateway of the version before takes checks.
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/postgres/migrate.ts';
import { initOrm } from '../../src/postgres/orm.ts';
import { bareDatabase, type FreshDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let fresh: FreshDatabase;
let gateway: Client;

beforeAll(async () => {
  fresh = await bareDatabase();
  const orm = await initOrm({ url: fresh.url, poolMax: 1, statementTimeoutMs: 0, warn: () => {} });
  await orm.migrator.up({ to: '0010-audit-chain' });
  await orm.close();
  gateway = new Client(fresh.url);
  await gateway.connect();
});

afterAll(async () => {
  await gateway?.end();
  await fresh?.drop();
});

test('a take that has read and will write is finished first, and neither waits for the other', async () => {
  await gateway.query(`begin; set local deadlock_timeout = '100ms'; select from checks where due_at <= now()`);
  const migrating = migrate(fresh.url);
  const waits = `select 1 from pg_locks where relation = 'checks'::regclass and not granted`;
  await until(
    async () => (await gateway.query(waits)).rowCount,
    (waiting) => waiting === 1,
    20_000,
  );
  await gateway.query('update checks set taken_until = now()');
  await pause(200);
  await gateway.query('commit');
  expect(await migrating).toContain('0011-checks-by-minute');
});
