// Merchants, apps and secrets at the command line, over real PostgreSQL and keys from files.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fingerprintOf } from '../../src/alipay/fingerprint.ts';
import { sealedSecrets } from '../../src/credentials/sealed-secrets.ts';
import { newUuid } from '../../src/ids.ts';
import { privateKeyOwner } from '../../src/merchants/app.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { alipay, app, pem } from '../alipay/keys.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { runCommand } from './run-command.ts';

const APP_ID = '2021000000000077';
const next = generateKeyPairSync('rsa', { modulusLength: 2048 });
const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];

let fresh: FreshDatabase;
let database: Database;
let folder: string;
let merchant: string;

const kassa = (command: string, args: string[] = [], env: Record<string, string> = {}) =>
  runCommand(command, args, { DATABASE_URL: fresh.url, SECRET_KEY: OLD, ...env });
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url, poolMax: 2 });
  const store = postgresMerchantsStore({ database, clock: { now: () => new Date() }, newId: newUuid });
  await store.ensureFirstMerchant({ appId: '2021000000000001', sellerId: '2088000000000001' });
  folder = await mkdtemp(join(tmpdir(), 'kassa-apps-'));
  await writeFile(file('private.pem'), pem(app.privateKey, 'pkcs8'));
  await writeFile(file('public.pem'), pem(app.publicKey, 'spki'));
  await writeFile(file('alipay.pem'), pem(alipay.publicKey, 'spki'));
  await writeFile(file('next.pem'), pem(next.publicKey, 'spki'));
});
afterAll(async () => {
  await database?.close();
  await fresh?.drop();
  await rm(folder, { recursive: true, force: true });
});

test('a merchant is made, listed, suspended and resumed; the installation’s own stays', async () => {
  const made = await kassa('merchants create', ['tea house']);
  merchant = /mer_\w+/.exec(made.said)?.[0] ?? '';
  expect(made).toMatchObject({ code: 0, said: expect.stringMatching(/API key {3}kassa_[\w-]{43} /) });
  const listed = (await kassa('merchants list')).said.split('\n');
  expect(listed).toEqual([expect.stringMatching(/ active {2}default$/), `${merchant}  active  tea house`]);
  expect((await kassa('merchants suspend', [merchant])).said).toContain('suspended since');
  expect((await kassa('merchants resume', [merchant])).said).toBe(`${merchant}  active  tea house`);
  const own = listed[0]?.split(' ')[0] ?? '';
  expect(await kassa('merchants suspend', [own])).toMatchObject({
    code: 2,
    noted: expect.stringContaining('own merchant'),
  });
  expect(await kassa('merchants suspend', ['mer_x'])).toMatchObject({ code: 2 });
});

test('an app is added from files, once its keys fit; its secrets are sealed', async () => {
  const args = ['--merchant', merchant, '--app-id', APP_ID, '--seller-id', '2088000000000077'];
  const keys = (alipayKey: string) => [
    '--private-key-file',
    file('private.pem'),
    '--alipay-public-key-file',
    file(alipayKey),
  ];
  const where = ['--gateway', 'http://127.0.0.1:4001/gateway.do'];
  expect(await kassa('apps add', [...args, ...keys('alipay.pem')])).toMatchObject({
    noted: expect.stringContaining('gateway'),
  });
  const swapped = await kassa('apps add', [...args, ...keys('public.pem'), ...where]);
  expect(swapped).toMatchObject({ code: 2, noted: expect.stringContaining('alipayPublicKey') });
  expect(await kassa('apps add', args)).toMatchObject({ code: 2, noted: '--private-key-file is missing.' });
  const added = await kassa('apps add', [...args, ...keys('alipay.pem'), ...where]);
  expect(added).toMatchObject({
    code: 0,
    said: expect.stringContaining(`${APP_ID}  ${merchant}  seller 2088000000000077`),
  });
  const { rows } = await database.pool.query('select private_key from apps where app_id = $1', [APP_ID]);
  expect(sealedSecrets(OLD).open(rows[0].private_key, privateKeyOwner(APP_ID))).toContain('PRIVATE KEY');
  expect((await kassa('apps list')).said.split('\n')).toHaveLength(2);
  expect((await kassa('apps list', ['--merchant', merchant])).said).toBe(added.said);
});

test('rotated: Alipay’s next key beside the one before, which is then dropped; suspended and resumed', async () => {
  const [was, is] = [alipay, next].map(({ publicKey }) => fingerprintOf(publicKey));
  const rotated = await kassa('apps rotate', [APP_ID, '--add-alipay-public-key-file', file('next.pem')]);
  expect(rotated.said).toContain(`Alipay's ${is} ${was}`);
  expect((await kassa('apps rotate', [APP_ID, '--drop-alipay-key', was ?? ''])).said).toMatch(
    new RegExp(`Alipay's ${is}$`),
  );
  expect((await kassa('apps suspend', [APP_ID])).said).toContain('suspended since');
  expect((await kassa('apps resume', [APP_ID])).said).toContain(' active ');
  expect(await kassa('apps suspend', ['2021000000000099'])).toMatchObject({ code: 2 });
  const { rows } = await database.pool.query(
    `select action from audit_notes where actor = 'kassa' order by xmin::text::bigint`,
  );
  expect(rows.map(({ action }) => action)).toEqual([
    ...['merchant.created', 'merchant.suspended', 'merchant.resumed', 'app.added'],
    ...['app.updated', 'app.updated', 'app.suspended', 'app.resumed'],
  ]);
});

test('without the key that the gateways have nothing is sealed, and none is made', async () => {
  const none = await runCommand('apps list', [], { DATABASE_URL: fresh.url });
  expect(none).toMatchObject({ code: 78, noted: expect.stringContaining('SECRET_KEY is not set') });
  expect((await database.pool.query(`select from settings where name = 'SECRET_KEY'`)).rowCount).toBe(0);
});

test('secrets change keys; the one that was kept in the database is forgotten', async () => {
  await database.pool.query(`insert into settings values ('SECRET_KEY', $1)`, ['k'.repeat(32)]);
  const lost = await kassa('secrets rotate', [], { SECRET_KEY: NEW });
  expect(lost).toMatchObject({ code: 1, said: expect.stringContaining(`WRONG  app ${APP_ID}`) });
  const rotated = await kassa('secrets rotate', [], { SECRET_KEY: NEW, SECRET_KEY_ALSO: OLD });
  expect(rotated).toMatchObject({
    code: 0,
    said: expect.stringMatching(/^Sealed 1 of 1 anew .*\nThe key that was kept/),
  });
  const { rows } = await database.pool.query('select private_key from apps where app_id = $1', [APP_ID]);
  expect(sealedSecrets(NEW).open(rows[0].private_key, privateKeyOwner(APP_ID))).toContain('PRIVATE KEY');
  expect((await kassa('secrets rotate', [], { SECRET_KEY: NEW })).said).toContain('Sealed 0 of 1');
});
