// The apps and merchants of an installation in PostgreSQL: what is kept, what the audit log says, and how secrets change keys.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sealedSecrets } from '../../src/credentials/sealed-secrets.ts';
import { newUuid } from '../../src/ids.ts';
import { type App, type AppKeys, authTokenOwner, MOST_APPS, privateKeyOwner } from '../../src/merchants/app.ts';
import { AppDirectory } from '../../src/merchants/app-directory.ts';
import type { AppBook, NewApp } from '../../src/merchants/app-ports.ts';
import type { MerchantBook } from '../../src/merchants/ports.ts';
import { rotateSecrets, type SealedBook } from '../../src/merchants/rotate-secrets.ts';
import { SCOPES } from '../../src/merchants/scopes.ts';
import { postgresAppBook } from '../../src/postgres/app-book.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresMerchantBook } from '../../src/postgres/merchant-book.ts';
import { postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { postgresSealedBook } from '../../src/postgres/sealed-book.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

const NOON = new Date('2026-11-23T12:00:00Z');
const clock = { now: () => NOON };
const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];

let fresh: FreshDatabase;
let database: Database;
let book: AppBook;
let merchants: MerchantBook;
let sealed: SealedBook;
let merchantId: string;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url, poolMax: 4 });
  [book, merchants, sealed] = [postgresAppBook(database), postgresMerchantBook(database), postgresSealedBook(database)];
});
afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});
beforeEach(async () => {
  await database.pool.query('delete from apps; delete from accounts; delete from webhook_endpoints');
  merchantId = await aMerchant();
});

const note = () => ({ id: newUuid(NOON), actor: 'key-1', at: NOON });

let keys = 0;
async function aMerchant(): Promise<string> {
  keys += 1;
  const id = newUuid(new Date(NOON.getTime() + keys));
  const key = {
    ...{ id: newUuid(NOON), merchantId: id, label: 'first', prefix: 'kassa_x', scopes: SCOPES, terminalId: null },
    ...{ createdAt: NOON, expiresAt: null, revokedAt: null, lastUsedAt: null },
  };
  const hash = Buffer.alloc(32, keys);
  await merchants.create({ id, name: 'tea', createdAt: NOON, suspendedAt: null }, { key, hash, note: note() });
  return id;
}

const KEYS: AppKeys = {
  gateway: 'https://openapi.alipay.com/gateway.do',
  privateKey: 'sealed key',
  keyId: 'k',
  alipayKeys: [{ id: 'a'.repeat(64), pem: 'pem a' }],
  appCert: null,
  rootCert: null,
  validUntil: new Date('2027-11-23T12:00:00Z'),
  appAuthToken: null,
};
const keyOf = (id: string) => ({ id: id.repeat(64), publicKey: `pem ${id}`, certificate: null, firstSeenAt: NOON });

const anApp = (appId: string, more: Partial<NewApp> = {}): NewApp => ({
  ...{ appId, merchantId, accountId: newUuid(NOON), providerAppId: null, sellerId: `seller of ${appId}`, keys: KEYS },
  ...more,
});
const add = (app: NewApp) => book.add(app, { verificationKeys: [keyOf('a')], note: note() });
async function theApp(appId: string): Promise<App> {
  const app = await book.find(merchantId, appId);
  if (app === undefined) throw new Error(`no app ${appId}`);
  return app;
}

async function audit(of = merchantId): Promise<string[]> {
  const { rows } = await database.pool.query<{ said: string }>(
    `select action || ' ' || actor as said from audit_notes where merchant_id = $1 order by xmin::text::bigint`,
    [of],
  );
  return rows.map(({ said }) => said);
}

describe('an app', () => {
  test('is read as it was written, with the keys that its messages will name', async () => {
    const app = anApp('1', { providerAppId: '9', keys: { ...KEYS, appAuthToken: 'sealed token' } });
    expect(await add(app)).toBe('added');
    const revision = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(await theApp('1')).toEqual({ ...app, createdAt: NOON, suspendedAt: null, revision });
    expect(await book.list(merchantId)).toEqual([await theApp('1')]);
    const { rows } = await database.pool.query('select public_key from verification_keys where key_id = $1', [
      'a'.repeat(64),
    ]);
    expect(rows).toEqual([{ public_key: 'pem a' }]);
    expect(await audit()).toEqual(['merchant.created key-1', 'app.added key-1']);
  });

  test('of the same seller joins the account; another merchant’s seller, and a taken id, are refused with nothing kept', async () => {
    const other = await aMerchant();
    await add(anApp('1', { sellerId: 's' }));
    expect(await add(anApp('2', { sellerId: 's' }))).toBe('added');
    expect((await theApp('2')).accountId).toBe((await theApp('1')).accountId);
    expect(await add(anApp('3', { sellerId: 's', merchantId: other }))).toBe('seller_taken');
    expect(await add(anApp('1', { merchantId: other, sellerId: 'x' }))).toBe('app_taken');
    expect(await book.obstacleTo(anApp('3', { sellerId: 's', merchantId: other }))).toBe('seller_taken');
    expect(await book.obstacleTo(anApp('1'))).toBe('app_taken');
    expect(await book.obstacleTo(anApp('3', { sellerId: 's' }))).toBeUndefined();
    const { rows } = await database.pool.query('select count(*)::int as n from accounts');
    expect([rows[0].n, await audit(other)]).toEqual([1, ['merchant.created key-1']]);
  });

  test('one too many is refused', async () => {
    await database.pool.query(
      `with one as (insert into accounts (merchant_id, id) values ($1, gen_random_uuid()) returning id)
       insert into apps (merchant_id, account_id, app_id) select $1, one.id, n::text from one, generate_series(1, $2) n`,
      [merchantId, MOST_APPS],
    );
    expect([await add(anApp('x')), await book.obstacleTo(anApp('x'))]).toEqual(['full', 'full']);
  });

  test('is updated only as it was read, whatever two want at the same time', async () => {
    await add(anApp('1'));
    const before = await theApp('1');
    const update = (id: string) =>
      book.update(
        before,
        { keys: { ...KEYS, keyId: id }, changed: ['privateKey'] },
        { verificationKeys: [keyOf('b')], note: note() },
      );
    const outcomes = await Promise.all(['x', 'y'].map(update));
    expect(outcomes.toSorted()).toEqual([false, true]);
    expect((await theApp('1')).keys?.keyId).toMatch(/[xy]/);
    expect((await theApp('1')).revision > before.revision).toBe(true);
    expect(await audit()).toEqual(['merchant.created key-1', 'app.added key-1', 'app.updated key-1']);
  });

  test('of another merchant is not there to be suspended', async () => {
    const other = await aMerchant();
    await add(anApp('1'));
    expect(await book.setSuspended(other, '1', { suspended: true, note: note() })).toBe(false);
    expect(await book.find(other, '1')).toBeUndefined();
    expect(await book.setSuspended(merchantId, '1', { suspended: true, note: note() })).toBe(true);
    expect(await book.setSuspended(merchantId, '1', { suspended: true, note: note() })).toBe(false);
    expect(await theApp('1')).toMatchObject({ suspendedAt: NOON });
    expect(await audit()).toEqual(['merchant.created key-1', 'app.added key-1', 'app.suspended key-1']);
  });
});

test('a directory learns of new apps, changed ones and suspended merchants, and of the environment’s', async () => {
  const store = postgresMerchantsStore({ database, clock, newId: newUuid });
  const owner = await store.ensureFirstMerchant({ appId: 'env', sellerId: 'env' });
  const directory = new AppDirectory({ book, environmentAppId: 'env' });
  await directory.refresh();
  expect(directory.sellingApp(owner.merchantId)).toMatchObject({ appId: 'env', keys: null, createdAt: null });
  await add(anApp('1'));
  await directory.refresh();
  expect(directory.sellingApp(merchantId)?.appId).toBe('1');
  await book.setSuspended(merchantId, '1', { suspended: true, note: note() });
  await merchants.setSuspended(merchantId, { suspended: true, note: note() });
  await directory.refresh();
  expect([directory.sellingApp(merchantId), directory.isSuspended(merchantId)]).toEqual([undefined, true]);
  await merchants.setSuspended(merchantId, { suspended: false, note: note() });
  await directory.refresh();
  expect(directory.isSuspended(merchantId)).toBe(false);
});

test('a burst of changes is listed for a while, one that is committed late is not missed, and after that nothing is', async () => {
  for (const appId of ['1', '2', '3']) await add(anApp(appId));
  await database.pool.query(`update apps set changed_at = now()`);
  const { at, count } = await book.changedSince(null);
  const ids = async (since: string) => (await book.changedSince(since)).changed.map(({ appId }) => appId).toSorted();
  expect([count, await ids(at)]).toEqual([3, ['1', '2', '3']]);
  // Begun before that question and committed after it.
  await add(anApp('late'));
  await database.pool.query(
    `update apps set changed_at = $1::timestamptz - interval '90 seconds' where app_id = 'late'`,
    [at],
  );
  expect(await ids(at)).toEqual(['1', '2', '3', 'late']);
  // However long nothing else changes, what is older is not asked about any more.
  await database.pool.query(`update apps set changed_at = changed_at - interval '3 minutes'`);
  const later = (await book.changedSince(at)).at;
  expect([later > at, await ids(later)]).toEqual([true, []]);
});

test('a process of the version before, which knows no new column, goes on adding the app of its environment', async () => {
  await database.pool.query('insert into accounts (merchant_id, id) values ($1, $1)', [merchantId]);
  await database.pool.query(`insert into apps (app_id, merchant_id, account_id) values ('old', $1, $1)`, [merchantId]);
  expect(await theApp('old')).toMatchObject({ keys: null, suspendedAt: null, sellerId: null });
});

test('a merchant is younger than the first, whatever a clock says', async () => {
  const id = newUuid(new Date(0));
  const made = { ...note(), at: new Date(0) };
  const key = { id: newUuid(NOON), merchantId: id, label: 'l', prefix: '', scopes: SCOPES, terminalId: null };
  const times = { createdAt: NOON, expiresAt: null, revokedAt: null, lastUsedAt: null };
  const first = { key: { ...key, ...times }, hash: Buffer.alloc(32, 255), note: made };
  const [before] = await merchants.list({ first: 1, after: null });
  await merchants.create({ id, name: 'early', createdAt: new Date(0), suspendedAt: null }, first);
  expect(await merchants.list({ first: 1, after: null })).toEqual([before]);
});

test('a merchant is made with its first key, and found, page by page', async () => {
  const second = await aMerchant();
  const all = await merchants.list({ first: 100, after: null });
  expect(all.map(({ id }) => id).slice(-2)).toEqual([merchantId, second]);
  expect((await merchants.list({ first: 1, after: merchantId })).map(({ id }) => id)).toEqual([second]);
  const { rows } = await database.pool.query('select label, scopes from api_keys where merchant_id = $1', [second]);
  expect(rows).toEqual([{ label: 'first', scopes: SCOPES }]);
});

describe('secrets that are sealed anew', () => {
  const [was, both, is] = [sealedSecrets(OLD), sealedSecrets(NEW, [OLD]), sealedSecrets(NEW)];
  const rotate = (reseal = both.reseal, of = sealed) =>
    rotateSecrets({ book: of, reseal, actor: 'kassa', clock, newId: newUuid });

  async function withSecrets(seal = was.seal): Promise<string> {
    const privateKey = seal('the key', privateKeyOwner('1'));
    await add(anApp('1', { keys: { ...KEYS, privateKey, appAuthToken: seal('the token', authTokenOwner('1')) } }));
    const id = newUuid(NOON);
    await database.pool.query(
      `insert into webhook_endpoints (merchant_id, id, place, url, secret, created_at) values ($1, $2, 1, 'u', $3, $4)`,
      [merchantId, id, seal('the secret', `webhook:${id}`), NOON],
    );
    return id;
  }

  test('so are those of one-time codes, active and offered', async () => {
    const owner = `totp:${merchantId}:anna`;
    await database.pool.query('insert into totps (merchant_id, owner, active, offered) values ($1, $2, $3, $4)', [
      merchantId,
      'anna',
      was.seal('in use', owner),
      was.seal('offered', owner),
    ]);
    expect(await rotate()).toEqual({ resealed: 1, rows: 1, lost: [] });
    const { rows } = await database.pool.query('select active, offered from totps');
    expect([is.open(rows[0].active, owner), is.open(rows[0].offered, owner)]).toEqual(['in use', 'offered']);
    expect(await rotate()).toEqual({ resealed: 0, rows: 1, lost: [] });
    await database.pool.query('delete from totps');
  });

  test('open under the new key alone afterwards; a second run finds nothing to do', async () => {
    const id = await withSecrets();
    const before = await theApp('1');
    expect(await rotate()).toEqual({ resealed: 2, rows: 2, lost: [] });
    const { keys: after, revision } = await theApp('1');
    expect(is.open(after?.privateKey ?? '', privateKeyOwner('1'))).toBe('the key');
    expect(is.open(after?.appAuthToken ?? '', authTokenOwner('1'))).toBe('the token');
    const { rows } = await database.pool.query('select secret, old_secret from webhook_endpoints');
    expect([is.open(rows[0].secret, `webhook:${id}`), rows[0].old_secret]).toEqual(['the secret', null]);
    expect(revision > before.revision).toBe(true);
    expect(await rotate()).toEqual({ resealed: 0, rows: 2, lost: [] });
    expect((await audit()).slice(-2).toSorted()).toEqual(['app.resealed kassa', 'webhook_endpoint.resealed kassa']);
  });

  test('that no known key opens stay as they are, and are named', async () => {
    await withSecrets(sealedSecrets('x'.repeat(32)).seal);
    const before = await theApp('1');
    const { lost, resealed } = await rotate();
    expect([resealed, lost.map(({ kind }) => kind).toSorted()]).toEqual([0, ['app', 'webhook endpoint']]);
    expect(await theApp('1')).toEqual(before);
  });

  test('lose nothing to a change that comes between: the newer secret stays', async () => {
    await withSecrets();
    let raced = false;
    const replace: SealedBook['replace'] = async (...asked) => {
      if (!raced) {
        raced = true;
        const keys = { ...KEYS, privateKey: is.seal('a newer key', privateKeyOwner('1')) };
        await book.update(await theApp('1'), { keys, changed: [] }, { verificationKeys: [], note: note() });
      }
      return sealed.replace(...asked);
    };
    expect(await rotate(both.reseal, { ...sealed, replace })).toMatchObject({ resealed: 1, lost: [] });
    expect(is.open((await theApp('1')).keys?.privateKey ?? '', privateKeyOwner('1'))).toBe('a newer key');
  });
});
