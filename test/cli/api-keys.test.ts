// Whoever may open the database gets in again: keys made, rotated and revoked at the command line, and what is noted of it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashApiKey } from '../../src/credentials/api-keys.ts';
import { newUuid, toTypeId } from '../../src/ids.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { runCommand } from './run-command.ts';

let fresh: FreshDatabase;
let database: Database;
const MERCHANT = newUuid(new Date());
const OTHER = newUuid(new Date());

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url, poolMax: 2 });
  await database.pool.query(`insert into merchants (id, name, created_at) values ($1, 'default', now())`, [MERCHANT]);
});
afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

const run = (name: string, ...args: string[]) => runCommand(`keys ${name}`, args, { DATABASE_URL: fresh.url });
const idIn = (text: string) => /key_\w{26}/.exec(text)?.[0] ?? '';
const secretIn = (text: string) => /^kassa_[\w-]{43}$/m.exec(text)?.[0] ?? '';
const found = (secret: string) =>
  postgresMerchantsStore({ database, clock: { now: () => new Date() }, newId: newUuid }).findApiKey(
    hashApiKey(secret),
    new Date(),
  );

async function notes(): Promise<string[]> {
  const { rows } = await database.pool.query<{ said: string }>(
    `select action || ' by ' || actor as said from audit_notes order by merchant_id, position`,
  );
  return rows.map(({ said }) => said);
}

test('locked out: a key that may do everything, shown once, and noted as the command line’s', async () => {
  const { code, said } = await run('create', '--label', 'rescue', '--scopes', 'all');
  expect(code).toBe(0);
  const secret = secretIn(said);
  expect(await found(secret)).toMatchObject({ merchantId: MERCHANT, scopes: expect.arrayContaining(['admin']) });
  const listed = await run('list');
  expect(listed.said).toMatch(/^key_\w{26} kassa_\S{6}… {2}"rescue" {2}may do everything {2}valid, last used /);
  expect(listed.said).not.toContain(secret);
  expect(await notes()).toEqual([expect.stringMatching(/^api_key\.created by command line \(.+\)$/)]);
});

test('rotated without an overlap, then revoked; the last administrator stays', async () => {
  const made = await run('create', '--label', 'books', '--scopes', 'orders:read,cases:manage');
  const next = await run('rotate', idIn(made.said), '--overlap', '0');
  expect(next.said).toContain('"books": may do orders:read, cases:manage');
  expect([await found(secretIn(made.said)), await found(secretIn(next.said))]).toMatchObject([
    undefined,
    { scopes: ['orders:read', 'cases:manage'] },
  ]);
  expect((await run('revoke', idIn(next.said))).said).toMatch(/"books" opens nothing any more\.$/);
  expect(await found(secretIn(next.said))).toBeUndefined();
  expect(await run('revoke', idIn(next.said))).toMatchObject({ code: 2, noted: 'There is no such valid key.' });
  const rescue = idIn((await run('list')).said.split('\n').find((line) => line.includes('rescue')) ?? '');
  expect(await run('revoke', rescue)).toMatchObject({ code: 2, noted: expect.stringContaining('the last key') });
  expect((await notes()).map((note) => note.split(' by ', 1)[0])).toEqual([
    'api_key.created',
    'api_key.created',
    'api_key.rotated',
    'api_key.revoked',
  ]);
});

test('two keys of one label', async () => {
  expect(await run('create', '--label', 'rescue', '--scopes', 'all')).toMatchObject({
    code: 2,
    noted: expect.stringContaining('another valid key'),
  });
});

test('a key for one terminal, until a day', async () => {
  const made = await run('create', '--label', 'till', '--terminal', 'T7', '--expires', '2099-01-01T00:00:00Z');
  expect(made.said).toContain('sells at terminal T7');
  expect((await run('list')).said).toContain('valid until 2099-01-01T00:00:00.000Z, never used');
});

test.each([
  [['create'], '--label is missing'],
  [['create', '--label', 'x'], 'at least one scope'],
  [['create', '--label', 'x', '--scopes', 'orders'], 'no scope "orders"'],
  [['create', '--label', 'x', '--scopes', 'all', '--expires', 'soon'], 'a moment'],
  [['create', '--label', 'x', '--scopes', 'all', '--expires', '2020-01-01T00:00:00Z'], 'in the future'],
  [['create', '--label', 'x', '--scopes', 'all', '--terminal', 'T'], 'must be empty'],
  [['rotate'], 'key is missing'],
  [['rotate', 'ord_1'], 'kassa keys list'],
  [['rotate', 'key_00000000000000000000000000'], 'no such valid key'],
  [['rotate', 'key_00000000000000000000000000', '--overlap', '-1'], 'overlap'],
  [['revoke', 'key_00000000000000000000000000'], 'no such valid key'],
  [['list', 'all'], 'Nothing is known'],
  [['list', '--merchant', 'nobody'], 'Name one merchant'],
])('asked in the wrong way: keys %j', async ([name = '', ...args], says) => {
  expect(await run(name, ...args)).toMatchObject({ code: 2, noted: expect.stringContaining(says) });
});

test('with several merchants one is named, by its name or its id', async () => {
  await database.pool.query(`insert into merchants (id, name, created_at) values ($1, 'other', now())`, [OTHER]);
  expect(await run('list')).toMatchObject({
    code: 2,
    noted: expect.stringContaining(`${toTypeId('mer', OTHER)}  other`),
  });
  expect(await run('create', '--label', 'x', '--scopes', 'all', '--merchant', 'other')).toMatchObject({ code: 0 });
  expect((await run('list', '--merchant', toTypeId('mer', OTHER))).said).toMatch(/^key_\w+ \S+ {2}"x"[^\n]*$/);
});
