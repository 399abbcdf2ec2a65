// Access tokens against an issuer of our own, and against everything that only looks like one.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { accessTokens } from '../../src/credentials/access-tokens.ts';
import { toTypeId } from '../../src/ids.ts';
import { MERCHANT } from '../support/orders.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const SECONDS = NOW.getTime() / 1_000;
const ISSUER = 'https://login.example.com/';
const CLAIMS = { kassa_merchant: toTypeId('mer', MERCHANT), scope: 'openid orders:read refunds:write' };

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

let server: Server;
let jwksUrl: string;
let fetches = 0;
let published: Record<string, Pair>;
let isDown = false;
let sinceMs = 0;

beforeEach(async () => {
  [fetches, isDown, sinceMs] = [0, false, 0];
  published = { one: await generateKeyPair('RS256') };
  server = createServer(async (_, response) => {
    fetches += 1;
    if (isDown) return void response.writeHead(503).end();
    const keys = await Promise.all(
      Object.entries(published).map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid })),
    );
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  // Whole milliseconds: of fractions, five seconds later and back may come to a little less.
  const startedAt = Math.round(performance.now());
  vi.spyOn(performance, 'now').mockImplementation(() => startedAt + sinceMs);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await new Promise((resolve) => server.close(resolve));
});

const warnings: string[] = [];
const open = () =>
  accessTokens({
    jwksUrl,
    issuer: ISSUER,
    audience: 'kassa',
    algorithms: ['RS256', 'ES256'],
    warn: (message) => warnings.push(message),
  });

type Claims = Readonly<Record<string, unknown>>;

function token(claims: Claims = {}, { kid = 'one', by }: { kid?: string; by?: CryptoKey } = {}) {
  const all = { iss: ISSUER, aud: 'kassa', sub: 'anna', exp: SECONDS + 300, ...CLAIMS, ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid }).sign(by ?? (published[kid] as Pair).privateKey);
}

test('a genuine one says who holds it and what for; scopes of others are none of ours', async () => {
  expect(await open().read(await token(), NOW)).toEqual({
    merchantId: MERCHANT,
    keyId: 'anna',
    scopes: ['orders:read', 'refunds:write'],
    terminalId: null,
    expiresAt: new Date((SECONDS + 300) * 1_000),
  });
  expect(await open().read(await token({ scope: '', kassa_terminal: 'T7' }), NOW)).toMatchObject({ terminalId: 'T7' });
});

// biome-ignore format: a table
test.each<[string, Claims, boolean]>([
  ['of another issuer',       { iss: 'https://evil.example.com/' },            false],
  ['for somebody else',       { aud: 'shop' },                                 false],
  ['without an audience',     { aud: undefined },                              false],
  ['without an end',          { exp: undefined },                              false],
  ['without a subject',       { sub: undefined },                              false],
  ['whose subject is a text', { sub: 'a b' },                                  false],
  ['without a merchant',      { kassa_merchant: undefined },                   false],
  ['of no merchant',          { kassa_merchant: 'mer_1' },                     false],
  ['whose scope is a list',   { scope: ['orders:read'] },                      false],
  ['at no terminal',          { kassa_terminal: 7 },                           false],
  ['over for 31 seconds',     { exp: SECONDS - 31 },                           false],
  ['over for 29 seconds',     { exp: SECONDS - 29 },                           true],
  ['not yet for 31 seconds',  { nbf: SECONDS + 31 },                           false],
  ['not yet for 29 seconds',  { nbf: SECONDS + 29 },                           true],
])('%s', async (_, claims, opens) => {
  expect((await open().read(await token(claims), NOW)) !== undefined).toBe(opens);
});

test('signed by nobody, by a stranger, or by the public key as a secret: nobody', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: ISSUER, aud: 'kassa', sub: 'anna', exp: SECONDS + 300, ...CLAIMS };
  const secret = Buffer.from(await exportSPKI((published.one as Pair).publicKey));
  const stranger = (await generateKeyPair('RS256')).privateKey;
  const forged = [
    `${part({ alg: 'none' })}.${part(claims)}.`,
    `${part({ alg: 'none', kid: 'one' })}.${part(claims)}.AAAA`,
    await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret),
    await token({}, { by: stranger }),
    (await token()).replace(/.{8}$/, 'AAAAAAAA'),
  ];
  const tokens = open();
  for (const text of forged) expect(await tokens.read(text, NOW)).toBeUndefined();
});

test('a flood of unknown keys asks the issuer once; a new key is found a little later', async () => {
  const tokens = open();
  await tokens.read(await token(), NOW);
  published.two = await generateKeyPair('RS256');
  const flood = async () =>
    Promise.all(
      Array.from({ length: 50 }, async (_, n) => tokens.read(await token({ sub: `u${n}` }, { kid: 'two' }), NOW)),
    );
  expect((await flood()).filter((holder) => holder !== undefined)).toEqual([]);
  expect(fetches).toBe(1);
  sinceMs = 30_000;
  expect((await flood()).every((holder) => holder !== undefined)).toBe(true);
  expect(fetches).toBe(2);
});

test('while the issuer is away its known keys go on, and it is asked again now and then', async () => {
  const tokens = open();
  await tokens.read(await token(), NOW);
  isDown = true;
  sinceMs = 3_600_000;
  expect(await tokens.read(await token(), NOW)).toMatchObject({ keyId: 'anna' });
  expect(await tokens.read(await token({ sub: 'bert' }), NOW)).toMatchObject({ keyId: 'bert' });
  await vi.waitFor(() => expect(warnings.at(-1)).toContain('JWT_JWKS_URL could not be fetched'));
  expect(fetches).toBe(2);
});

test('an issuer that was never there opens nothing, and is not stormed', async () => {
  isDown = true;
  const tokens = open();
  const text = await token();
  for (let n = 0; n < 20; n += 1) expect(await tokens.read(text, NOW)).toBeUndefined();
  expect(fetches).toBe(1);
  [isDown, sinceMs] = [false, 5_000];
  expect(await tokens.read(text, NOW)).toMatchObject({ keyId: 'anna' });
});

test('a key that the issuer has taken back opens nothing after the next look', async () => {
  const tokens = open();
  const text = await token();
  await tokens.read(text, NOW);
  published = { two: await generateKeyPair('RS256') };
  sinceMs = 600_000;
  await tokens.read(text, NOW);
  await vi.waitFor(async () => expect(await tokens.read(text, NOW)).toBeUndefined());
});
