// The keys of a merchant in PostgreSQL: what is valid when, and what the audit log says of it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hashApiKey } from '../../src/credentials/api-keys.ts';
import { newUuid } from '../../src/ids.ts';
import type { ApiKey } from '../../src/merchants/api-key.ts';
import { MOST_KEYS } from '../../src/merchants/api-key.ts';
import type { ApiKeyBook } from '../../src/merchants/ports.ts';
import { SCOPES } from '../../src/merchants/scopes.ts';
import { postgresApiKeyBook } from '../../src/postgres/api-key-book.ts';
import type { Database } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/database.ts';
import { type MerchantsStore, postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

const NOON = new Date('2026-11-23T12:00:00Z');
const at = (seconds: number) => new Date(NOON.getTime() + seconds * 1_000);

let fresh: FreshDatabase;
let database: Database;
let store: MerchantsStore;
let book: ApiKeyBook;
let merchantId: string;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url, poolMax: 4 });
  store = postgresMerchantsStore({ database, clock: { now: () => NOON }, newId: newUuid });
  book = postgresApiKeyBook(database);
});

afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

beforeEach(async () => {
  merchantId = newUuid(NOON);
  await database.pool.query('insert into merchants (id, name, created_at) values ($1, $2, $3)', [
    merchantId,
    'm',
    NOON,
  ]);
});

const note = (seconds = 0) => ({ id: newUuid(NOON), actor: newUuid(NOON), at: at(seconds) });
const found = (secret: string, seconds = 0) => store.findApiKey(hashApiKey(secret), at(seconds));

async function added(secret: string, more: Partial<ApiKey> = {}): Promise<ApiKey> {
  const key: ApiKey = {
    id: newUuid(NOON),
    merchantId,
    label: secret,
    prefix: secret.slice(0, 12),
    scopes: ['orders:read'],
    terminalId: null,
    createdAt: NOON,
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    ...more,
  };
  expect(await book.add(key, hashApiKey(secret), note())).toBe('added');
  return key;
}

async function audit(): Promise<string[]> {
  const { rows } = await database.pool.query<{ said: string }>(
    `select action || ' ' || details::text as said from audit_notes where merchant_id = $1 order by at, action`,
    [merchantId],
  );
  return rows.map(({ said }) => said);
}

test('a key is found with what it may do, and its use is noted once a minute', async () => {
  const key = await added('kassa_one');
  expect(await found('kassa_one', 1)).toEqual({ merchantId, keyId: key.id, scopes: ['orders:read'], terminalId: null });
  await found('kassa_one', 30);
  expect(await book.list(merchantId)).toEqual([{ ...key, lastUsedAt: at(1) }]);
  await found('kassa_one', 62);
  expect(await book.list(merchantId)).toMatchObject([{ lastUsedAt: at(62) }]);
});

test('an expired key opens nothing from its time on', async () => {
  await added('kassa_short', { expiresAt: at(60) });
  expect(await found('kassa_short', 59)).toBeDefined();
  expect(await found('kassa_short', 60)).toBeUndefined();
});

test("a terminal's key names its terminal", async () => {
  await added('kassa_till', { scopes: [], terminalId: 'T1' });
  expect(await found('kassa_till')).toMatchObject({ scopes: [], terminalId: 'T1' });
});

test('rotated: both are valid for a while, under one label; and only once', async () => {
  const old = await added('kassa_old', { label: 'shop' });
  const key = { ...old, id: newUuid(NOON), prefix: 'kassa_new' };
  const next = { key, hash: hashApiKey('kassa_new'), note: note(10) };
  expect(await book.replace(old.id, at(100), next)).toBe(true);
  expect([await found('kassa_old', 99), await found('kassa_new', 99)]).toMatchObject([
    { keyId: old.id },
    { keyId: key.id },
  ]);
  expect(await found('kassa_old', 100)).toBeUndefined();
  const late = { ...next, key: { ...key, id: newUuid(NOON) }, hash: hashApiKey('kassa_late'), note: note(100) };
  expect(await book.replace(old.id, at(200), late)).toBe(false);
  expect((await book.list(merchantId)).map(({ label }) => label)).toEqual(['shop', 'shop']);
  expect((await audit()).map((said) => said.split(' ')[0])).toEqual(['api_key.created', 'api_key.rotated']);
});

test('revoked: it opens nothing; twice, or by another merchant, there is no such key', async () => {
  const key = await added('kassa_gone');
  expect(await book.revoke(newUuid(NOON), key.id, note())).toBeUndefined();
  expect(await found('kassa_gone')).toBeDefined();
  expect(await book.revoke(merchantId, key.id, note(5))).toEqual({ ...key, revokedAt: at(5), lastUsedAt: NOON });
  expect(await found('kassa_gone', 5)).toBeUndefined();
  expect(await book.revoke(merchantId, key.id, note(6))).toBeUndefined();
  expect(await audit()).toEqual([
    'api_key.created {"label": "kassa_gone", "scopes": ["orders:read"], "terminalId": null}',
    'api_key.revoked {"label": "kassa_gone"}',
  ]);
});

test('the last key that may administer stays, also when two are revoked at once', async () => {
  const one = await added('kassa_admin1', { scopes: SCOPES });
  expect(await book.revoke(merchantId, one.id, note())).toBe('last');
  const other = await added('kassa_admin2', { scopes: ['admin'] });
  const outcomes = await Promise.all([one, other].map(({ id }) => book.revoke(merchantId, id, note())));
  expect(outcomes.filter((outcome) => outcome === 'last')).toHaveLength(1);
});

test('a revoked key does not come back with the next start', async () => {
  const hash = hashApiKey('kassa_configured');
  await store.putApiKey({ merchantId, label: 'first', hash, prefix: 'kassa_config' });
  await added('kassa_other', { scopes: ['admin'] });
  const known = await found('kassa_configured');
  await book.revoke(merchantId, known?.keyId ?? '', note());
  await store.putApiKey({ merchantId, label: 'first', hash, prefix: 'kassa_config' });
  expect(await found('kassa_configured')).toBeUndefined();
});

test('a label is free again when its key is over, and never two keys’ without an end', async () => {
  const key = await added('kassa_books');
  const again = { ...key, id: newUuid(NOON) };
  expect(await book.add(again, hashApiKey('kassa_books2'), note())).toBe('taken');
  expect(await book.add({ ...again, expiresAt: at(60) }, hashApiKey('kassa_books3'), note())).toBe('added');
  await added('kassa_admin', { scopes: ['admin'] });
  await book.revoke(merchantId, key.id, note());
  expect(await book.add({ ...again, id: newUuid(NOON) }, hashApiKey('kassa_books4'), note())).toBe('added');
});

test('there are only so many valid keys', async () => {
  await database.pool.query(
    `insert into api_keys (merchant_id, id, hash, label, prefix, scopes, created_at)
     select $1::uuid, gen_random_uuid(), sha256(($1::text || n)::bytea), n::text, '', '{orders:read}', $2::timestamptz
     from generate_series(1, $3::int) n`,
    [merchantId, NOON, MOST_KEYS],
  );
  const key = { id: newUuid(NOON), merchantId, label: 'more', prefix: '', scopes: ['orders:read'] as const };
  const rest = { terminalId: null, createdAt: NOON, expiresAt: null, revokedAt: null, lastUsedAt: null };
  expect(await book.add({ ...key, ...rest }, hashApiKey('kassa_more'), note())).toBe('full');
});
