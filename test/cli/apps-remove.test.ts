// A squatted app and a former app of ALI_* at the command line, over real PostgreSQL and keys from files.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid, toTypeId } from '../../src/ids.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { alipay, app, pem } from '../alipay/keys.ts';
import { sell, systemClock } from '../postgres/sales.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { alipayEnv } from '../support/notifier.ts';
import { runCommand } from './run-command.ts';

const [APP_ID, SELLER_ID] = ['2021000000000077', '2088000000000077'];
const FORMER = '2021000000000066';
const ALI = {
  ...alipayEnv('http://127.0.0.1:1/gateway.do'),
  ALI_APP_ID: '2021000000000055',
  ALI_SELLER_ID: '2088000000000055',
};

let fresh: FreshDatabase;
let database: Database;
let folder: string;
let merchant: string;

const store = () => postgresMerchantsStore({ database, clock: systemClock, newId: newUuid });
const kassa = (command: string, args: string[] = [], env: Record<string, string> = {}) =>
  runCommand(command, args, { DATABASE_URL: fresh.url, SECRET_KEY: 'o'.repeat(32), ...env });
const add = (args: string[], env = {}) => {
  const files = [
    '--private-key-file',
    join(folder, 'private.pem'),
    '--alipay-public-key-file',
    join(folder, 'alipay.pem'),
  ];
  return kassa('apps add', [...args, ...files, '--gateway', 'http://127.0.0.1:1/gateway.do'], env);
};
const longAgo = () => database.pool.query(`update apps set changed_at = changed_at - interval '11 seconds'`);

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url, poolMax: 2 });
  await store().ensureFirstMerchant({ appId: FORMER, sellerId: '2088000000000066' });
  folder = await mkdtemp(join(tmpdir(), 'kassa-apps-'));
  await writeFile(join(folder, 'private.pem'), pem(app.privateKey, 'pkcs8'));
  await writeFile(join(folder, 'alipay.pem'), pem(alipay.publicKey, 'spki'));
  merchant = /mer_\w+/.exec((await kassa('merchants create', ['tea house'])).said)?.[0] ?? '';
});
afterAll(async () => {
  await database?.close();
  await fresh?.drop();
  await rm(folder, { recursive: true, force: true });
});

test('an app that was never used goes once it has been suspended for a while, and whose ids they are may start', async () => {
  const named = ['--merchant', merchant, '--app-id', APP_ID, '--seller-id', SELLER_ID];
  expect(await add(named)).toMatchObject({ code: 0 });
  expect(await kassa('apps remove', [APP_ID])).toMatchObject({
    code: 2,
    noted: `The app ${APP_ID} stays: it is not suspended. First: kassa apps suspend ${APP_ID}`,
  });
  await kassa('apps suspend', [APP_ID]);
  expect((await kassa('apps remove', [APP_ID])).noted).toContain('Ask again in ten seconds');
  await longAgo();
  expect(await kassa('apps remove', [APP_ID])).toEqual({
    code: 0,
    said: `Removed ${APP_ID}, which ${merchant} had for seller ${SELLER_ID}.`,
    noted: '',
  });
  expect((await kassa('apps list')).said).not.toContain(APP_ID);
  expect(await kassa('apps remove', [APP_ID])).toMatchObject({
    code: 2,
    noted: expect.stringContaining('no such app'),
  });
  await store().ensureFirstMerchant({ appId: APP_ID, sellerId: SELLER_ID });
});

test('one that has been used stays, and the answer says to suspend it instead', async () => {
  const used = '2021000000000088';
  await add(['--merchant', merchant, '--app-id', used, '--seller-id', '2088000000000088']);
  const { rows } = await database.pool.query('select merchant_id, account_id from apps where app_id = $1', [used]);
  await sell(postgresOrderStore(database), { merchantId: rows[0].merchant_id, accountId: rows[0].account_id });
  await kassa('apps suspend', [used]);
  await longAgo();
  expect(await kassa('apps remove', [used])).toMatchObject({
    code: 2,
    noted: `The app ${used} stays: orders have been made for its seller. Suspended, it makes no new ones: kassa apps suspend ${used}`,
  });
  expect((await kassa('apps list')).said).toContain(used);
});

test('an app that ALI_* named before gets its keys, once it shows which one ALI_* names now', async () => {
  const { merchantId } = await store().ensureFirstMerchant({ appId: ALI.ALI_APP_ID, sellerId: ALI.ALI_SELLER_ID });
  const named = ['--merchant', toTypeId('mer', merchantId), '--app-id', FORMER, '--seller-id', '2088000000000066'];
  expect(await add(named)).toMatchObject({ code: 2, noted: expect.stringContaining('set those variables') });
  expect((await kassa('apps remove', [FORMER])).noted).toContain('its keys are in ALI_*, or were');
  const added = await add(named, ALI);
  expect(added).toMatchObject({
    code: 0,
    said: expect.stringMatching(new RegExp(`^${FORMER} .* suspended since .* keys,`)),
  });
  expect((await kassa('apps resume', [FORMER], ALI)).said).toContain(' active ');
});
