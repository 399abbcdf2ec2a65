// The roles that `kassa roles --print` makes, on a real server, each trying what it may and what it may not.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import { openDatabase } from '../../src/postgres/database.ts';
import { postgresInbox } from '../../src/postgres/inbox.ts';
import { inspectDatabase } from '../../src/postgres/inspect.ts';
import { postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { rolesSql } from '../../src/postgres/roles-sql.ts';
import { bareDatabase, type FreshDatabase } from '../support/database.ts';
import { hearAlone, noticeOf, sell, systemClock } from './sales.ts';

const unique = `t${randomBytes(6).toString('hex')}`;
const names = { migrator: `${unique}_migrator`, app: `${unique}_app`, reader: `${unique}_reader` };
const roles = Object.values(names);
const password = randomBytes(12).toString('hex');

let fresh: FreshDatabase;
let admin: Client;

/** The database as one of the roles sees it. */
function urlAs(role: string): string {
  return Object.assign(new URL(fresh.url), { username: role, password }).href;
}

async function attempt(role: string, sql: string): Promise<string> {
  const client = new Client(urlAs(role));
  await client.connect();
  return client
    .query(sql)
    .then(
      () => 'done',
      (error) => error.message,
    )
    .finally(() => client.end());
}

beforeAll(async () => {
  fresh = await bareDatabase();
  admin = new Client(fresh.url);
  await admin.connect();
  await migrate(fresh.url);
  await admin.query(rolesSql(names));
  for (const role of roles) await admin.query(`alter role ${role} password '${password}'`);
});
afterAll(async () => {
  await admin?.end();
  // Roles belong to the server: what they own and may do in this database goes first, with the database.
  await fresh?.drop();
  const url = Object.assign(new URL(fresh.url), { pathname: '/postgres' }).href;
  const server = new Client(url);
  await server.connect();
  for (const role of roles) await server.query(`drop role if exists ${role}`);
  await server.end();
});

test('the SQL may be run again', async () => {
  await admin.query(rolesSql(names));
});

test('the gateway does all its work as the app: it starts, sells, and hears that it was paid', async () => {
  expect(await migrate(urlAs(names.app))).toEqual([]);
  const database = await openDatabase({ url: urlAs(names.app) });
  const merchants = postgresMerchantsStore({ database, clock: systemClock, newId: newUuid });
  await merchants.ensureFirstMerchant({ appId: '2021', sellerId: '2088' });
  const orders = postgresOrderStore(database);
  const order = await sell(orders);
  const heard = await hearAlone({ orders, inbox: postgresInbox(database) }, noticeOf(order));
  await database.close();
  expect(heard).toMatchObject({ verdict: 'applied', reply: 'success' });
});

describe('the app adds to history and never changes it', () => {
  test.each([
    `update order_events set type = 'x'`,
    'delete from order_events',
    'truncate order_events',
    `update evidence set verdict = 'stays'`,
    'delete from evidence',
    `update verification_keys set public_key = ''`,
    `update audit_notes set actor = 'x'`,
    'delete from audit_notes',
    `insert into mikro_orm_migrations (name) values ('x')`,
    'create table mine (n int)',
    'drop table orders',
    'alter table evidence disable trigger all',
    'alter table evidence disable trigger evidence_append_only',
    `set session_replication_role = 'replica'`,
    'drop trigger order_events_append_only on order_events',
  ])('%s', async (sql) => {
    expect(await attempt(names.app, sql)).toMatch(/permission denied|must be owner/);
  });
});

test('the app writes audit notes, which the trigger chains with the app’s own rights', async () => {
  const note = `insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
    values (gen_random_uuid(), gen_random_uuid(), 'a', now(), 'b', gen_random_uuid(), '{}')`;
  expect(await attempt(names.app, note)).toBe('done');
});

describe('the reader reads', () => {
  const tables = ['orders', 'payments', 'refunds', 'order_events', 'evidence', 'verification_keys', 'accounts', 'apps'];
  test.each([...tables, 'audit_notes', 'audit_heads'])('%s', async (table) => {
    expect(await attempt(names.reader, `select * from ${table}`)).toBe('done');
    expect(await attempt(names.reader, `begin read write; delete from ${table}`)).toMatch('permission denied');
  });

  test.each(['settings', 'api_keys'])('not %s', async (table) => {
    expect(await attempt(names.reader, `select * from ${table}`)).toMatch('permission denied');
  });
});

test('the migrator makes tables, which the app may use at once, and which history it still may not change', async () => {
  expect(await attempt(names.migrator, 'create table later (n int)')).toBe('done');
  expect(await attempt(names.app, 'insert into later values (1)')).toBe('done');
  expect(await attempt(names.migrator, 'alter table orders add column spare int')).toBe('done');
  expect(await attempt(names.migrator, 'delete from evidence')).toContain('is append-only');
});

test('a table that becomes append-only later is closed to the app when the SQL is run again', async () => {
  await attempt(
    names.migrator,
    `create table journal (n int); create trigger journal_append_only before update or delete or truncate on journal
     for each statement execute function refuse_change()`,
  );
  expect(await attempt(names.app, 'delete from journal')).toContain('is append-only');
  await admin.query(rolesSql(names));
  expect(await attempt(names.app, 'delete from journal')).toContain('permission denied');
  expect(await attempt(names.app, 'insert into journal values (1)')).toBe('done');
  expect(await attempt(names.reader, 'select * from journal')).toBe('done');
});

test('the doctor tells who could rewrite history', async () => {
  expect(await inspectDatabase(urlAs(names.app))).toMatchObject({
    user: names.app,
    mayRewrite: false,
    pending: [],
    unknown: [],
  });
  expect(await inspectDatabase(urlAs(names.migrator))).toMatchObject({ mayRewrite: true });
  expect(await inspectDatabase('postgres://nobody:canary@127.0.0.1:1/none')).toEqual({
    kind: 'unreachable',
    reason: expect.stringMatching(/^(?!.*canary).*ECONNREFUSED/),
  });
});

test('names are plain, or nothing is printed', () => {
  expect(() => rolesSql({ ...names, app: `a'; drop table orders; --` })).toThrow(RangeError);
});
