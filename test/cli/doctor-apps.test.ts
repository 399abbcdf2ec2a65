// The doctor over the apps that lie in a real database, and the keys that they are sealed under.
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { checkApps } from '../../src/cli/doctor-apps.ts';
import { ok, warning, wrong } from '../../src/finding.ts';
import { newUuid } from '../../src/ids.ts';
import type { App, AppKeys } from '../../src/merchants/app.ts';
import { openDatabase } from '../../src/postgres/database.ts';
import { postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { alipay, app, pem } from '../alipay/keys.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { runCommand } from './run-command.ts';
import { runDoctor } from './run-doctor.ts';

const [KEYED, CERTIFIED, LET_IN] = ['2021000000000071', '2021000000000072', '2021000000000073'];
const SECRET = 'canary-of-the-secret-key-that-is-ours';
const FIXTURES = new URL('../alipay/fixtures/', import.meta.url);

let fresh: FreshDatabase;
let sql: Client;
let clock: Server;
let gateway: string;
let folder: string;
let env: Record<string, string>;

const file = (name: string) => join(folder, name);

beforeAll(async () => {
  clock = createServer((_, response) => response.setHeader('date', new Date().toUTCString()).writeHead(404).end());
  await new Promise<void>((resolve) => clock.listen(0, resolve));
  gateway = `http://127.0.0.1:${(clock.address() as AddressInfo).port}/gateway.do`;
  folder = await mkdtemp(join(tmpdir(), 'kassa-doctor-'));
  await writeFile(file('private.pem'), pem(app.privateKey, 'pkcs8'));
  await writeFile(file('public.pem'), pem(alipay.publicKey, 'spki'));
  await writeFile(file('token'), 'canary-token');
  for (const name of ['app.key', 'app.crt', 'alipay-chain.crt', 'root.crt'])
    await copyFile(new URL(name, FIXTURES), file(name));
  fresh = await freshDatabase();
  env = { DATABASE_URL: fresh.url, SECRET_KEY: SECRET };
  sql = new Client(fresh.url);
  await sql.connect();
  const database = await openDatabase({ url: fresh.url, poolMax: 1 });
  const store = postgresMerchantsStore({ database, clock: { now: () => new Date() }, newId: newUuid });
  await store.ensureFirstMerchant({ appId: '2021000000000001', sellerId: '2088000000000001' });
  await database.close();
  await addApps();
  await sql.query('create table kept as select * from apps where private_key is not null');
});
afterEach(async () => {
  await sql.query(`delete from settings; delete from apps where private_key is not null; insert into apps table kept`);
});
afterAll(async () => {
  clock?.close();
  await sql?.end();
  await fresh?.drop();
  await rm(folder, { recursive: true, force: true });
});

/** A key's app, a certificate's, and one that a service provider signs for. */
async function addApps(): Promise<void> {
  const { said } = await runCommand('merchants list', [], env);
  const merchant = /mer_\w+/.exec(said)?.[0] ?? '';
  const keys = ['--private-key-file', file('private.pem'), '--alipay-public-key-file', file('public.pem')];
  const certificates = ['--private-key-file', file('app.key'), '--app-cert-file', file('app.crt')];
  const alipays = ['--alipay-cert-file', file('alipay-chain.crt'), '--root-cert-file', file('root.crt')];
  const provider = ['--provider-app-id', '2021000000000099', '--app-auth-token-file', file('token')];
  const apps: [string | undefined, string[]][] = [
    [KEYED, keys],
    [CERTIFIED, [...certificates, ...alipays]],
    [LET_IN, [...keys, ...provider]],
  ];
  for (const [n, [appId = '', material]] of apps.entries()) {
    const who = ['--merchant', merchant, '--app-id', appId, '--seller-id', `208800000000007${n}`];
    const added = await runCommand('apps add', [...who, '--gateway', gateway, ...material], env);
    expect(added).toMatchObject({ code: 0 });
  }
}

async function doctor(more: Record<string, string> = {}) {
  const seen = await runDoctor({ ...env, ...more });
  for (const secret of ['canary', pem(app.privateKey, 'pkcs8').slice(40, 80)]) expect(seen.said).not.toContain(secret);
  return seen;
}

test('without any app there is nothing to be said', async () => {
  await sql.query('delete from apps where private_key is not null');
  const { about, of, code } = await doctor();
  expect(about('apps')).toEqual([expect.stringMatching(/^ok .*none at work/)]);
  expect(of('clock')).toEqual([]);
  expect(code).toBe(0);
});

test('apps that are in order are one line together, and their gateway one clock', async () => {
  await sql.query(`update apps set gateway = replace(gateway, 'gateway.do', 'other') where app_id = $1`, [LET_IN]);
  const { about, of, code } = await doctor();
  expect(about('apps')).toEqual([expect.stringMatching(/^ok .*3 of 3 in the database/)]);
  expect([of('app'), of('clock'), code]).toEqual([[], ['ok'], 0]);
  const port = new URL(gateway).port;
  await sql.query('update apps set gateway = $2 where app_id = $1', [LET_IN, `http://localhost:${port}/gateway.do`]);
  expect((await doctor()).of('clock')).toEqual(['ok', 'ok']);
});

test('a SECRET_KEY that opens nothing is named with the id of the one that would; the other one helps', async () => {
  const { about, said, code } = await doctor({ SECRET_KEY: 'x'.repeat(32) });
  expect(about('app')).toEqual(
    [KEYED, CERTIFIED, LET_IN].map((id) =>
      expect.stringMatching(`^WRONG +app ${id} .*privateKey does not open: sealed`),
    ),
  );
  expect(said).toMatch(
    /appAuthToken does not open: sealed under another SECRET_KEY \(key \w{8}, ours is \w{8}\); priv/,
  );
  expect(said).toContain('-> give SECRET_KEY or SECRET_KEY_ALSO');
  expect([about('apps'), code]).toEqual([[], 1]);
  const both = await doctor({ SECRET_KEY: 'x'.repeat(32), SECRET_KEY_ALSO: SECRET });
  expect([both.of('apps'), both.of('app'), both.code]).toEqual([['ok'], [], 0]);
});

test('without SECRET_KEY the one that the database keeps is used, and none is made', async () => {
  const none = await doctor({ SECRET_KEY: '' });
  expect(none.about('SECRET_KEY')).toEqual([expect.stringMatching(/^WRONG .*3 apps can't be opened/)]);
  expect((await sql.query('select from settings')).rowCount).toBe(0);
  await sql.query(`insert into settings values ('SECRET_KEY', $1)`, [SECRET]);
  const kept = await doctor({ SECRET_KEY: '' });
  expect([kept.of('apps'), kept.of('SECRET_KEY'), kept.code]).toEqual([['ok'], [], 0]);
});

test('swapped, cut off, moved: each app is named once with all of its faults; a suspended one is left alone', async () => {
  const own = pem(app.publicKey, 'spki');
  await sql.query('update apps set alipay_keys = array[$2] where app_id = $1', [KEYED, own]);
  await sql.query(`update apps set alipay_keys = alipay_keys || left(alipay_keys[1], 500) where app_id = $1`, [
    CERTIFIED,
  ]);
  await sql.query(
    `update apps set app_auth_token = private_key, alipay_keys = alipay_keys || $2::text where app_id = $1`,
    [LET_IN, own],
  );
  const { about, said, code } = await doctor();
  expect(about('app')).toEqual([
    expect.stringMatching(`^WRONG +app ${KEYED} +alipayPublicKey is your application's own public key`),
    expect.stringMatching(`^WRONG +app ${CERTIFIED} +alipayCert holds no certificate`),
    expect.stringMatching(`^WRONG +app ${LET_IN} +appAuthToken does not open: .*; alipayPublicKey is the public half`),
  ]);
  expect(said).toContain(`npx kassa apps rotate ${KEYED}`);
  expect(code).toBe(1);
  await sql.query('update apps set suspended_at = now() where app_id <> $1', [CERTIFIED]);
  expect((await doctor()).of('app')).toEqual(['WRONG']);
});

test.each([
  [40, 'ok', undefined],
  [20, undefined, 'warning'],
  [5, undefined, 'WRONG'],
  [-3, undefined, 'WRONG'],
])('a certificate %i days before its end', async (days, all, one) => {
  await sql.query('update apps set suspended_at = now() where app_id <> $1', [CERTIFIED]);
  const end = new Date(/valid until (\S+)/.exec((await certificateOfEnvironment()).said)?.[1] ?? '');
  vi.useFakeTimers({ toFake: ['Date'], now: end.getTime() - days * 86_400_000 });
  onTestFinished(() => void vi.useRealTimers());
  const { of, said } = await doctor();
  expect([of('apps')[0], of('app')[0]]).toEqual([all, one]);
  if (one !== undefined) expect(said).toMatch(/appCert end(s|ed) on 2126-.*; alipayCert end(s|ed) on 2126-/);
});

function certificateOfEnvironment() {
  const text = (name: string) => readFileSync(file(name), 'utf8');
  const certificates = { ALI_APP_CERT: text('app.crt'), ALI_ALIPAY_CERT: text('alipay-chain.crt') };
  const who = { ALI_APP_ID: KEYED ?? '', ALI_PRIVATE_KEY: text('app.key'), ALI_GATEWAY: gateway };
  return runDoctor({ ...env, ...who, ...certificates, ALI_ROOT_CERT: text('root.crt') });
}

test('apps that a role may not read, or that somebody has locked, are a warning and soon', async () => {
  const name = `t${fresh.url.slice(-8)}`;
  await sql.query(`create role ${name} login password 'canary'; grant select on all tables in schema public to ${name};
    revoke select on settings from ${name}`);
  onTestFinished(() => sql.query(`drop owned by ${name}; drop role ${name}`).then(() => undefined));
  const reader = Object.assign(new URL(fresh.url), { username: name, password: 'canary' }).href;
  const denied = await doctor({ DATABASE_URL: reader });
  expect(denied.about('apps')).toEqual([expect.stringMatching(/^warning .*permission denied for table settings/)]);
  expect(denied.code).toBe(0);
  await sql.query('begin; lock table apps in access exclusive mode');
  const startedAt = performance.now();
  const locked = await doctor();
  await sql.query('rollback');
  expect(locked.about('apps')).toEqual([expect.stringMatching(/^warning .*statement timeout/)]);
  expect(performance.now() - startedAt).toBeLessThan(12_000);
});

test('of thousands that are not in order a hundred are named, the gravest first', async () => {
  const keys = { gateway } as AppKeys;
  const ids = Array.from({ length: 3_000 }, (_, n) => `2021${String(n).padStart(12, '0')}`);
  const asked: number[] = [];
  const { findings, gateways } = await checkApps(async () => ({
    apps: {
      changedSince: async () => ({
        at: '',
        count: ids.length,
        suspendedMerchants: [],
        changed: ids.map((appId) => ({ appId, revision: '' })),
      }),
      read: async (some) => {
        asked.push(some.length);
        return some.map((appId) => ({ appId, keys, suspendedAt: null }) as App);
      },
    },
    checkApp: ({ appId }) => {
      const n = ids.indexOf(appId);
      if (n < 1_000) return ok(appId, '');
      return n < 2_990 ? warning(appId, '', '') : wrong(appId, '', '');
    },
    close: async () => {},
  }));
  expect(findings).toHaveLength(102);
  expect(findings[0]).toMatchObject({ status: 'ok', says: expect.stringContaining('1000 of 3000') });
  expect(findings.slice(1, 11).every(({ status }) => status === 'wrong')).toBe(true);
  expect(findings.at(-1)).toMatchObject({ status: 'warning', says: '1900 more are not in order, 0 of them wrong' });
  expect(gateways).toEqual([gateway]);
  expect(Math.max(...asked)).toBeLessThanOrEqual(200);
});
