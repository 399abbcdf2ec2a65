import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import { SCOPES } from '../../src/merchants/scopes.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { type MerchantsStore, postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { systemClock } from './sales.ts';

let fresh: FreshDatabase;
let database: Database;
let store: MerchantsStore;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url });
  store = postgresMerchantsStore({ database, clock: systemClock, newId: newUuid });
});

afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

beforeEach(async () => {
  await database.pool.query('truncate merchants, settings cascade');
});

const hashOf = (key: string) => createHash('sha256').update(key).digest();

async function count(table: string): Promise<number> {
  const { rows } = await database.pool.query(`select count(*)::int as n from ${table}`);
  return rows[0].n;
}

test('ten that start at the same time make one merchant, one account and one app', async () => {
  const app = { appId: '2021000000000001', sellerId: '2088000000000001' };
  const made = await Promise.all(Array.from({ length: 10 }, () => store.ensureFirstMerchant(app)));
  expect(new Set(made.map((one) => JSON.stringify(one))).size).toBe(1);
  expect([await count('merchants'), await count('accounts'), await count('apps')]).toEqual([1, 1, 1]);
});

test('a new app with a seller of ours joins that account; one with another seller gets its own', async () => {
  const first = await store.ensureFirstMerchant({ appId: 'a', sellerId: 's1' });
  expect(await store.ensureFirstMerchant({ appId: 'b', sellerId: 's1' })).toEqual(first);
  const other = await store.ensureFirstMerchant({ appId: 'c', sellerId: 's2' });
  expect(other.merchantId).toBe(first.merchantId);
  expect(other.accountId).not.toBe(first.accountId);
  const unknown = await store.ensureFirstMerchant({ appId: 'd' });
  expect([first.accountId, other.accountId]).not.toContain(unknown.accountId);
});

test('an app that another merchant has added does not make that merchant the owner', async () => {
  await store.ensureFirstMerchant({ appId: 'a' });
  const later = newUuid(new Date());
  await database.pool.query(
    `insert into merchants (id, name, created_at) values ($1, 'm', now() + interval '1 second')`,
    [later],
  );
  await database.pool.query('insert into accounts (merchant_id, id) values ($1, $1)', [later]);
  await database.pool.query(`insert into apps (app_id, merchant_id, account_id) values ('b', $1, $1)`, [later]);
  await expect(store.ensureFirstMerchant({ appId: 'b' })).rejects.toThrow('app b belongs to another merchant');
});

test('an account learns its seller later, and keeps it', async () => {
  const first = await store.ensureFirstMerchant({ appId: 'a' });
  expect(await store.ensureFirstMerchant({ appId: 'a', sellerId: 's1' })).toEqual(first);
  expect(await store.ensureFirstMerchant({ appId: 'a' })).toEqual(first);
  await expect(store.ensureFirstMerchant({ appId: 'a', sellerId: 's2' })).rejects.toThrow(
    'app a collects for seller s1, not for s2',
  );
});

test('a seller of another merchant, or of another account, is refused', async () => {
  const { merchantId } = await store.ensureFirstMerchant({ appId: 'a' });
  await database.pool.query(`insert into merchants values ('01900000-0000-7000-8000-0000000000ff', 'other', now())`);
  await database.pool.query(
    `with theirs as (
       insert into accounts values ('01900000-0000-7000-8000-0000000000ff', gen_random_uuid(), 's9') returning *
     ) insert into apps (app_id, merchant_id, account_id, private_key, alipay_keys)
       select named.id, theirs.merchant_id, theirs.id, 'sealed', '{}' from theirs, unnest(array['x', 'y']) as named (id)`,
  );
  const remedy = ': npx kassa apps remove x and npx kassa apps remove y gives it free, unless it is in use';
  await expect(store.ensureFirstMerchant({ appId: 'b', sellerId: 's9' })).rejects.toThrow(
    `seller s9 belongs to another merchant of this installation${remedy}`,
  );
  await expect(store.ensureFirstMerchant({ appId: 'a', sellerId: 's9' })).rejects.toThrow(
    `seller s9 belongs to another merchant, app a can't be given to it${remedy}`,
  );
  await store.ensureFirstMerchant({ appId: 'c', sellerId: 's1' });
  await expect(store.ensureFirstMerchant({ appId: 'a', sellerId: 's1' })).rejects.toThrow(
    `seller s1 has another account already, app a can't be given to it`,
  );
  expect(await store.ensureFirstMerchant({ appId: 'b' })).toMatchObject({ merchantId });
});

test('a key is found by its hash, and the same label replaces it', async () => {
  const { merchantId } = await store.ensureFirstMerchant({ appId: 'a' });
  expect(await store.hasApiKeys()).toBe(false);
  await store.putApiKey({ merchantId, label: 'first', hash: hashOf('one'), prefix: 'kassa_1' });
  const found = await store.findApiKey(hashOf('one'), new Date());
  expect(found).toEqual({ merchantId, keyId: expect.any(String), scopes: SCOPES, terminalId: null });
  await store.putApiKey({ merchantId, label: 'first', hash: hashOf('one'), prefix: 'kassa_1' });
  expect(await store.findApiKey(hashOf('one'), new Date())).toEqual(found);
  await store.putApiKey({ merchantId, label: 'first', hash: hashOf('two'), prefix: 'kassa_2' });
  expect(await store.findApiKey(hashOf('one'), new Date())).toBeUndefined();
  // The same key with another secret: who asked for something with the one may not approve it with the other.
  expect(await store.findApiKey(hashOf('two'), new Date())).toEqual(found);
  expect([await store.hasApiKeys(), await count('api_keys')]).toEqual([true, 1]);
});

test('a setting is made once, however many ask, and never quoted in an error', async () => {
  let made = 0;
  const values = await Promise.all(
    Array.from({ length: 20 }, () => store.settingOnce('secret_key', () => `value ${++made}`)),
  );
  expect(new Set(values).size).toBe(1);
  expect(await store.settingOnce('secret_key', () => 'another')).toBe(values[0]);
  expect(await count('settings')).toBe(1);
});
