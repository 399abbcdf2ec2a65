import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/postgres/migrate.ts';
import { allMigrations } from '../../src/postgres/migrations/all.ts';
import { initOrm } from '../../src/postgres/orm.ts';
import { bareDatabase, type FreshDatabase } from '../support/database.ts';

let database: FreshDatabase;
let sql: Client;

beforeAll(async () => {
  database = await bareDatabase();
  sql = new Client(database.url);
  await sql.connect();
});

afterAll(async () => {
  await sql?.end();
  await database?.drop();
});

test('five that start at the same time migrate once', async () => {
  const ran = await Promise.all([1, 2, 3, 4, 5].map(() => migrate(database.url)));
  expect(ran.flat()).toHaveLength(allMigrations.length);
  expect(ran.flat().slice(0, 4)).toEqual(['0001-first', '0002-every-way', '0003-feed', '0004-webhooks']);
  expect(await migrate(database.url)).toEqual([]);
});

test('a server that says that it is on its way up is waited for; any other refusal is told at once', async () => {
  const { port } = new URL(database.url);
  const refusals = ['57P03', '57P03', '', '28P01'];
  const server = createServer((near: Socket) => {
    near.on('error', () => {});
    const code = refusals.shift();
    if (code) return void near.once('data', () => near.end(refusal(code)));
    const far = connect(Number(port), '127.0.0.1');
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = Object.assign(new URL(database.url), { port: (server.address() as AddressInfo).port }).href;
  expect(await migrate(url)).toEqual([]);
  await expect(migrate(url)).rejects.toMatchObject({ code: '28P01' });
  expect(refusals).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
});

/** ErrorResponse of PostgreSQL's protocol. */
function refusal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0Mnot now\0\0`);
  const head = Buffer.from('E----');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

test('the records describe what the migrations build, foreign keys aside', async () => {
  const orm = await initOrm({ url: database.url, poolMax: 1, statementTimeoutMs: 0, warn: () => {} });
  const diff = await orm.schema.getUpdateSchemaSQL({ wrap: false });
  await orm.close();
  const lines = diff.split('\n').filter((line) => line !== '');
  const { rows } = await sql.query<{ drop: string }>(
    `select format('alter table "%s" drop constraint "%s";', conrelid::regclass, conname) as drop
     from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`,
  );
  expect(rows).toHaveLength(12);
  const foreignKeys = rows.map(({ drop }) => drop);
  expect(lines.filter((line) => !foreignKeys.includes(line))).toEqual([]);
});

test('every foreign key has an index that begins with it', async () => {
  const { rows } = await sql.query(
    `select c.conname from pg_constraint c
     where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists (
       select from pg_index i where i.indrelid = c.conrelid and i.indpred is null
         and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] = c.conkey
     )`,
  );
  expect(rows).toEqual([]);
});

test('every table of a merchant has merchant_id first in its primary key', async () => {
  const { rows } = await sql.query<{ name: string }>(
    `select i.indrelid::regclass::text as name from pg_index i
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     join pg_class t on t.oid = i.indrelid and t.relnamespace = 'public'::regnamespace
     where i.indisprimary and a.attname <> 'merchant_id' order by 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual([
    'apps',
    'merchants',
    'mikro_orm_migrations',
    'settings',
    'verification_keys',
  ]);
});

test.each([
  'update order_events set type = type',
  'delete from order_events',
  'truncate order_events',
  'update evidence set verdict = verdict',
  'delete from evidence',
  'truncate evidence cascade',
  'update verification_keys set public_key = public_key',
  'delete from verification_keys',
  'truncate verification_keys',
  'update audit_notes set actor = actor',
  'delete from audit_notes',
  'truncate audit_notes',
])('history is append-only: %s', async (change) => {
  await expect(sql.query(change)).rejects.toThrow('is append-only');
});
