// The doctor over whole environments: every fault named at once, and no secret shown.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAccount } from '../../src/alipay/doctor/check-account.ts';
import { checkNotifyUrl } from '../../src/cli/notify-url.ts';
import { APP_ID, alipay, app, bare } from '../alipay/keys.ts';
import { bareDatabase, type FreshDatabase, freshDatabase } from '../support/database.ts';
import { runCommand } from './run-command.ts';
import { runDoctor } from './run-doctor.ts';

let clock: Server;
let skewMs = 0;
let fresh: FreshDatabase;
let bareOne: FreshDatabase;
let sound: Record<string, string>;

beforeAll(async () => {
  clock = createServer((_, response) => {
    response
      .setHeader('date', new Date(Date.now() + skewMs).toUTCString())
      .writeHead(404)
      .end();
  });
  await new Promise<void>((resolve) => clock.listen(0, '127.0.0.1', resolve));
  const address = clock.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  [fresh, bareOne] = await Promise.all([freshDatabase(), bareDatabase()]);
  sound = {
    PUBLIC_URL: 'https://pay.example.com',
    DATABASE_URL: fresh.url,
    ALI_APP_ID: APP_ID,
    ALI_PRIVATE_KEY: bare(app.privateKey, 'pkcs8'),
    ALI_PUBLIC_KEY: bare(alipay.publicKey, 'spki'),
    ALI_GATEWAY: `http://127.0.0.1:${port}/gateway.do`,
    API_KEY: 'canary-canary-canary-canary-canary-canary',
  };
});
afterAll(async () => {
  clock?.close();
  await fresh?.drop();
  await bareOne?.drop();
});

async function doctor(env: Record<string, string> = {}) {
  const { code, said, of } = await runDoctor({ ...sound, ...env });
  for (const secret of ['canary', sound.ALI_PRIVATE_KEY?.slice(40, 80) ?? '', new URL(fresh.url).password])
    if (secret !== '') expect(said).not.toContain(secret);
  return { code, said, of };
}

test('a sound configuration: a line a check, all fine', async () => {
  skewMs = 0;
  const { code, said, of } = await doctor();
  expect(said).toContain(' 0 wrong');
  expect(code).toBe(0);
  expect(of('ALI_PUBLIC_KEY')).toEqual(['ok', 'ok']);
  expect(of('PUBLIC_URL')).toEqual(['ok', 'ok']);
  expect(of('clock')).toEqual(['ok']);
  expect(said).toMatch(/DATABASE_URL +PostgreSQL 1\d\.\d+ as /);
  expect(said).toMatch(/all migrations are in/);
});

describe('what is wrong is named', () => {
  test.each<[string, Record<string, string>, string, 'warning' | 'WRONG', RegExp]>([
    [
      "the app's own public key",
      { ALI_PUBLIC_KEY: bare(app.publicKey, 'spki') },
      'ALI_PUBLIC_KEY',
      'WRONG',
      /own public key.*\n.*支付宝公钥/,
    ],
    [
      'keys swapped',
      { ALI_PRIVATE_KEY: bare(alipay.publicKey, 'spki'), ALI_PUBLIC_KEY: bare(app.privateKey, 'pkcs8') },
      'ALI_PRIVATE_KEY',
      'WRONG',
      /holds a public key/,
    ],
    [
      'a key cut off',
      { ALI_PUBLIC_KEY: bare(alipay.publicKey, 'spki').slice(0, 100) },
      'ALI_PUBLIC_KEY',
      'WRONG',
      /cut off/,
    ],
    ['a misspelt variable', { ALI_PUBLICKEY: 'x' }, 'ALI_PUBLICKEY', 'warning', /misspelt/],
    ['two variables at once', { PORT: 'x', LOG_LEVEL: 'loud' }, 'LOG_LEVEL', 'WRONG', /PORT is wrong/],
    ['a variable missing', { ALI_APP_ID: '' }, 'configuration', 'WRONG', /ALI_APP_ID not set/],
    ['an address inside', { PUBLIC_URL: 'https://kassa.local' }, 'PUBLIC_URL', 'WRONG', /no public host name/],
    [
      'a database that is not there',
      { DATABASE_URL: 'postgres://kassa:canary@127.0.0.1:1/x' },
      'DATABASE_URL',
      'WRONG',
      /ECONNREFUSED/,
    ],
    ['a gateway that does not answer', { ALI_GATEWAY: 'http://127.0.0.1:1/gateway.do' }, 'clock', 'warning', /unknown/],
  ])('%s', async (_, env, about, status, says) => {
    const { of, said, code } = await doctor(env);
    expect(of(about)).toContain(status);
    expect(said).toMatch(says);
    expect(code).toBe(status === 'WRONG' ? 1 : 0);
  });

  test.each([
    [10_000, 'warning', 'behind'],
    [-10_000, 'warning', 'ahead of'],
    [600_000, 'WRONG', 'behind'],
  ])('a clock that is off by %i ms', async (offMs, status, side) => {
    skewMs = offMs;
    const { of, said } = await doctor();
    skewMs = 0;
    expect(of('clock')).toEqual([status]);
    expect(said).toContain(side);
  });

  test('an empty database has its migrations before it', async () => {
    const { of, said, code } = await doctor({ DATABASE_URL: bareOne.url });
    expect(of('DATABASE_URL')).toContain('warning');
    expect(said).toContain('migrations to run: 0001-first');
    expect(code).toBe(0);
    expect(await runCommand('migrate', [], { DATABASE_URL: bareOne.url })).toMatchObject({
      code: 0,
      said: expect.stringContaining('0001-first'),
    });
    expect((await runCommand('migrate', [], { DATABASE_URL: bareOne.url })).said).toBe('The database is up to date.');
  });
});

describe('certificates', () => {
  const file = (name: string) => readFileSync(new URL(`../alipay/fixtures/${name}`, import.meta.url), 'utf8');
  const certified = {
    appId: APP_ID,
    gateway: 'https://openapi.alipay.com/gateway.do',
    privateKey: file('app.key'),
    appCert: file('app.crt'),
    alipayCert: file('alipay-chain.crt'),
    rootCert: file('root.crt'),
  };
  const statuses = (now: Date, change = {}) =>
    checkAccount({ ...certified, ...change }, now).map(({ status, says }) => `${status} ${says}`);
  const end = new Date(/valid until (\S+)/.exec(statuses(new Date()).join('\n'))?.[1] ?? '');
  const daysBefore = (days: number) => new Date(end.getTime() - days * 86_400_000);

  test('a chain that leads to the root, and the numbers that Alipay knows them by', () => {
    const says = statuses(new Date()).join('\n');
    expect(says).not.toMatch(/^(warning|wrong)/m);
    expect(says.match(/leads to a certificate of ALI_ROOT_CERT/g)).toHaveLength(2);
    expect(says).toMatch(/app_cert_sn [0-9a-f]{32}, alipay_cert_sn [0-9a-f]{32}, alipay_root_cert_sn [0-9a-f]{32}/);
  });

  test.each([
    [40, 'ok'],
    [29, 'warning'],
    [6, 'wrong'],
    [-2, 'wrong'],
  ])('%i days before its end: %s', (days, status) => {
    expect(
      statuses(daysBefore(days)).some((line) => line.startsWith(`${status} `) && /ends?|ended|until/.test(line)),
    ).toBe(true);
    if (days < 30) expect(statuses(daysBefore(days)).join('\n')).toContain(`${end.toISOString().slice(0, 10)}`);
  });

  test('a root that is cut off is named', () => {
    const rootCert = file('root.crt').replace(/\n[^\n]+\n[^\n]+\n-----END/, '\n-----END');
    expect(statuses(new Date(), { rootCert })).toContainEqual(expect.stringMatching(/^wrong /));
  });

  test("a stranger's root, and somebody else's certificate", () => {
    expect(statuses(new Date(), { rootCert: file('app.crt') }).join('\n')).toMatch(/warning does not lead/);
    expect(statuses(new Date(), { appCert: file('alipay-chain.crt') })).toContainEqual(
      expect.stringMatching(/^wrong is not the certificate/),
    );
  });
});

describe('the address that Alipay notifies', () => {
  test.each([
    ['https://pay.example.com', 'ok'],
    ['https://pay.example.com:8443', 'ok'],
    ['https://pay.example.com/kassa', 'warning'],
    ['http://pay.example.com', 'wrong'],
    ['https://pay.example.com?shop=1', 'wrong'],
    ['https://pay.example.com/#x', 'wrong'],
    ['https://localhost', 'wrong'],
    ['https://kassa', 'wrong'],
    ['https://kassa.internal', 'wrong'],
    ['https://10.0.0.7', 'wrong'],
    ['https://[::1]', 'wrong'],
    [`https://${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.com`, 'wrong'],
    [undefined, 'wrong'],
  ])('%s: %s', (url, status) => expect(checkNotifyUrl(url, false).status).toBe(status));

  test('play money stays on this machine', () => expect(checkNotifyUrl(undefined, true).status).toBe('ok'));
});

test('without any Alipay the sandbox is meant', async () => {
  const { code, said } = await runCommand('doctor', [], { DATABASE_URL: fresh.url });
  expect(code).toBe(0);
  expect(said).toContain('play money');
});

test('a private key file is as good as its value', async () => {
  const { said } = await runCommand('doctor', [], {
    ...sound,
    ALI_PRIVATE_KEY: '',
    ALI_PRIVATE_KEY_FILE: '/nonexistent/key',
  });
  expect(said).toMatch(/WRONG +ALI_PRIVATE_KEY +ALI_PRIVATE_KEY_FILE is wrong/);
});
