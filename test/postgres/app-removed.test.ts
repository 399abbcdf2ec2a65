// Which apps go and which stay, and a former app of the environment's that gets keys, in PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import type { App, AppKeys } from '../../src/merchants/app.ts';
import { AppDirectory } from '../../src/merchants/app-directory.ts';
import type { AppBook } from '../../src/merchants/app-ports.ts';
import { postgresAppBook } from '../../src/postgres/app-book.ts';
import { postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { type Books, openBooks } from './books.ts';
import { sell, systemClock } from './sales.ts';

const KEYS: AppKeys = {
  gateway: 'https://openapi.alipay.com/gateway.do',
  privateKey: 'sealed',
  keyId: 'k',
  alipayKeys: [{ id: 'a'.repeat(64), pem: 'pem a' }],
  appCert: null,
  rootCert: null,
  validUntil: null,
  appAuthToken: null,
};

let books: Books;
let book: AppBook;
let owner: string;
let other: string;

beforeAll(async () => {
  books = await openBooks();
  book = postgresAppBook(books.database);
});
afterAll(() => books?.close());
beforeEach(async () => {
  await books.rows('delete from apps');
  await books.rows('delete from accounts');
  owner = (await start('env', 'own')).merchantId;
  other = newUuid(new Date(Date.now() + 1_000));
  await books.rows(
    `insert into merchants (id, name, created_at) values ($1, 'other', now() + interval '1 day')`,
    other,
  );
});

const note = () => ({ id: newUuid(new Date()), actor: 'kassa', at: new Date() });
/** What a start of the gateway does with the app of its environment. */
const start = (appId: string, sellerId?: string) =>
  postgresMerchantsStore({ database: books.database, clock: systemClock, newId: newUuid }).ensureFirstMerchant({
    appId,
    sellerId,
  });
const anApp = (appId: string, sellerId: string, merchantId = other) => ({
  ...{ appId, sellerId, merchantId, accountId: newUuid(new Date()), providerAppId: null, keys: KEYS },
});
async function add(appId: string, sellerId: string, merchantId = other): Promise<App> {
  const added = await book.add(anApp(appId, sellerId, merchantId), { verificationKeys: [], note: note() });
  expect(added).toBe('added');
  return theApp(appId, merchantId);
}
async function theApp(appId: string, merchantId = other): Promise<App> {
  const app = await book.find(merchantId, appId);
  if (app === undefined) throw new Error(`no app ${appId}`);
  return app;
}
/** Long enough ago for every process to know it. */
async function suspended(app: App): Promise<App> {
  await book.setSuspended(app.merchantId, app.appId, { suspended: true, note: note() });
  await books.rows(`update apps set changed_at = changed_at - interval '11 seconds' where app_id = $1`, app.appId);
  return app;
}
const sellers = async () =>
  (await books.rows<{ seller_id: string }>('select seller_id from accounts order by 1')).map((row) => row.seller_id);

describe('an app that was never used', () => {
  test('goes, with its seller, and says so; its ids are anybody’s again and other processes forget it', async () => {
    const directory = new AppDirectory({ book, environmentAppId: 'env' });
    const app = await suspended(await add('1', 's'));
    await expect(start('1')).rejects.toThrow('npx kassa apps remove 1 gives it free');
    await expect(start('2', 's')).rejects.toThrow('npx kassa apps remove 1 gives it free');
    await directory.refresh();
    expect(directory.find('1')).toBeDefined();
    expect(await book.remove(app, note())).toBe('removed');
    await directory.refresh();
    expect([directory.find('1'), directory.appOfAccount(app), await sellers()]).toEqual([
      undefined,
      undefined,
      ['own'],
    ]);
    const notes = await books.rows(
      `select action, actor, subject, details from audit_notes where merchant_id = $1 order by position desc limit 1`,
      other,
    );
    expect(notes).toEqual([
      { action: 'app.removed', actor: 'kassa', subject: app.accountId, details: { appId: '1', sellerId: 's' } },
    ]);
    expect((await start('1', 's')).merchantId).toBe(owner);
  });

  test('leaves the account to another app of the same seller', async () => {
    const app = await suspended(await add('1', 's'));
    await add('2', 's');
    // Only the one whose id is wanted is named; for the seller, both.
    await expect(start('1')).rejects.toThrow(/: npx kassa apps remove 1 gives it free/);
    await expect(start('3', 's')).rejects.toThrow(/apps remove 1 and npx kassa apps remove 2 gives/);
    expect(await book.remove(app, note())).toBe('removed');
    expect(await sellers()).toEqual(['own', 's']);
    expect((await theApp('2')).accountId).toBe(app.accountId);
  });
});

describe('an app stays', () => {
  test('while it may sell, or while a process may not know yet that it must not', async () => {
    const app = await suspended(await add('1', 's'));
    await books.rows('update apps set suspended_at = null');
    expect(await book.remove(app, note())).toBe('active');
    await book.setSuspended(other, '1', { suspended: true, note: note() });
    expect(await book.remove(app, note())).toBe('just_changed');
    await suspended(app);
    await book.setSuspended(other, '1', { suspended: false, note: note() });
    expect(await book.remove(app, note())).toBe('active');
    expect(await theApp('1')).toBeDefined();
  });

  test('once its account has an order, whichever app of the account made it', async () => {
    const [app, second] = [await suspended(await add('1', 's')), await suspended(await add('2', 's'))];
    await sell(books.orders, { merchantId: other, accountId: app.accountId });
    expect([await book.remove(app, note()), await book.remove(second, note())]).toEqual(['orders', 'orders']);
    expect((await book.list(other)).length).toBe(2);
  });

  test('while money of the merchant’s waits in a case without an order, under whichever key it came', async () => {
    const app = await suspended(await add('1', 's'));
    const [evidence, trade] = [newUuid(new Date()), randomUUID()];
    await books.rows(
      `insert into evidence (merchant_id, id, kind, notify_id, received_at, bytes, verdict, key_id, digest)
       values ($1, $2, 'notification', $3, now(), 'x', 'unknown_order', $4, repeat('d', 64))`,
      ...[other, evidence, trade, 'f'.repeat(64)],
    );
    await books.rows(
      `insert into cases (merchant_id, id, kind, amount_fen, out_trade_no, trade_no, evidence_id, opened_at)
       values ($1, $2, 'unknown_order', 1, 'n', $3, $2, now())`,
      ...[other, evidence, trade],
    );
    expect(await book.remove(app, note())).toBe('money');
    await books.rows(`update cases set state = 'CLOSED' where id = $1`, evidence);
    expect(await book.remove(app, note())).toBe('removed');
  });

  test('when its keys are in the environment', async () => {
    expect(await book.remove(await theApp('env', owner), note())).toBe('environment');
  });

  test('of another merchant than the one that is named', async () => {
    const app = await suspended(await add('1', 's'));
    await book.remove({ ...app, merchantId: owner }, note());
    expect(await theApp('1')).toBeDefined();
  });

  test('with its account when another app joins it at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const app = await suspended(await add(`a${round}`, `s${round}`));
      const joined = book
        .add(anApp(`b${round}`, `s${round}`), { verificationKeys: [], note: note() })
        .catch(() => 'lost');
      const removed = book.remove(app, note()).catch(() => 'lost');
      const outcomes = await Promise.all([joined, removed]);
      expect(outcomes).not.toEqual(['lost', 'lost']);
      const orphans = await books.rows(
        'select from apps a where not exists (select from accounts s where s.merchant_id = a.merchant_id and s.id = a.account_id)',
      );
      expect(orphans).toEqual([]);
    }
  });
});

describe('keys for a former app of the environment', () => {
  const give = async (appId: string, sellerId: string) =>
    book.giveKeys(await theApp(appId, owner), anApp(appId, sellerId, owner), { verificationKeys: [], note: note() });

  test('make it look after its account, and sell nothing', async () => {
    const former = await theApp('env', owner);
    const now = await start('now', 'another');
    const directory = new AppDirectory({ book, environmentAppId: 'now' });
    await directory.refresh();
    expect(directory.appOfAccount(former)).toBeUndefined();
    expect(await give('env', 'own')).toBe('added');
    await directory.refresh();
    expect(directory.appOfAccount(former)).toMatchObject({ appId: 'env', keys: KEYS, suspendedAt: expect.any(Date) });
    expect(directory.sellingApp(owner)).toMatchObject({ appId: 'now', accountId: now.accountId });
    expect(await give('env', 'own')).toBe('app_taken');
  });

  test('tell its account whose it is, when that was not known and is nobody else’s', async () => {
    await start('nameless');
    await start('twin');
    await add('1', 's');
    expect(await give('nameless', 's')).toBe('seller_taken');
    expect(await give('nameless', 'new')).toBe('added');
    expect(await theApp('nameless', owner)).toMatchObject({ sellerId: 'new', keys: KEYS });
    expect(await give('twin', 'new')).toBe('added');
    expect(await theApp('twin', owner)).toMatchObject({ sellerId: null, keys: KEYS });
    expect(await give('env', 'x')).toBe('app_taken');
    expect(await theApp('env', owner)).toMatchObject({ sellerId: 'own', keys: null });
  });
});
