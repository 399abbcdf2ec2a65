import { describe, expect, test } from 'vitest';
import { authenticator, bearer } from '../../src/merchants/authenticate.ts';
import { maySee } from '../../src/merchants/caller.ts';
import type { KnownKey } from '../../src/merchants/ports.ts';
import { standingClock } from '../support/orders.ts';

const KEY: KnownKey = { merchantId: 'm-1', keyId: 'k-1', scopes: ['orders:read'], terminalId: null };
const { terminalId: _, ...CALLER } = KEY;

function door() {
  const kept = new Map([['api-key', KEY]]);
  const asked: string[] = [];
  const suspended = new Set<string>();
  const clock = standingClock();
  const authenticate = authenticator({
    keys: {
      async findApiKey(hash) {
        const key = Buffer.from(hash).toString();
        asked.push(key);
        return kept.get(key);
      },
    },
    clientTokens: {
      issue: () => '',
      read: (token) => (token === 'client-token' ? { merchantId: 'm-1', orderId: 'o-1' } : undefined),
    },
    hashApiKey: (key) => Buffer.from(key),
    isSuspended: (merchantId) => suspended.has(merchantId),
    clock,
  });
  return { authenticate, asked, clock, kept, suspended };
}

describe('a credential', () => {
  test('that is an API key opens everything of its merchant', async () => {
    const { authenticate } = door();
    expect(await authenticate('api-key')).toEqual({ kind: 'merchant', ...CALLER });
  });

  test('that is a client token opens one order, without asking for keys', async () => {
    const { authenticate, asked } = door();
    const caller = { kind: 'client', merchantId: 'm-1', orderId: 'o-1', token: 'client-token' };
    expect(await authenticate('client-token')).toEqual(caller);
    expect(asked).toEqual([]);
  });

  test.each(['', 'x'.repeat(513)])('that cannot be one is nobody, without asking', async (credential) => {
    const { authenticate, asked } = door();
    expect(await authenticate(credential)).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

test('of a suspended merchant: every key is refused at once and again let in; a buyer still sees the order', async () => {
  const { authenticate, suspended, asked } = door();
  await authenticate('api-key');
  suspended.add('m-1');
  expect(await authenticate('api-key')).toBe('suspended');
  expect(await authenticate('client-token')).toMatchObject({ kind: 'client' });
  suspended.clear();
  expect(await authenticate('api-key')).toMatchObject(CALLER);
  expect(asked).toHaveLength(1);
});

describe('a key that was found', () => {
  test('is trusted for 2.5 seconds, then asked for again', async () => {
    const { authenticate, asked, clock } = door();
    await authenticate('api-key');
    clock.forward(2_499);
    await authenticate('api-key');
    expect(asked).toHaveLength(1);
    clock.forward(1);
    await authenticate('api-key');
    expect(asked).toHaveLength(2);
  });

  test('and is then revoked is nobody within 2.5 seconds', async () => {
    const { authenticate, clock, kept } = door();
    await authenticate('api-key');
    kept.clear();
    clock.forward(2_500);
    expect(await authenticate('api-key')).toBeUndefined();
  });

  test('one that was not found is asked for each time: a new key works at once', async () => {
    const { authenticate, kept } = door();
    expect(await authenticate('new-key')).toBeUndefined();
    kept.set('new-key', KEY);
    expect(await authenticate('new-key')).toMatchObject(CALLER);
  });
});

describe('the Authorization header', () => {
  // biome-ignore format: a table
  test.each<[unknown, string | undefined]>([
    ['Bearer abc',           'abc'],
    ['bearer abc',           'abc'],
    ['Bearer   abc  ',       'abc'],
    ['Bearer',               undefined],
    ['Bearer ',              undefined],
    ['Bearerabc',            undefined],
    ['Basic abc',            undefined],
    ['Bearer a b',           undefined],
    ['x Bearer abc',         undefined],
    ['',                     undefined],
    [undefined,              undefined],
    [['Bearer abc'],         undefined],
    [{ toString: () => 'Bearer abc' }, undefined],
  ])('%j carries %s', (header, credential) => {
    expect(bearer(header)).toBe(credential);
  });

  test('of 100,000 spaces costs no time', () => {
    const startedAt = performance.now();
    expect(bearer(`Bearer ${' '.repeat(100_000)}\n`)).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

test('an access token is checked once and trusted until its end; without an issuer it is looked up like any key', async () => {
  const { authenticate, asked } = door();
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln';
  expect(await authenticate(token)).toBeUndefined();
  expect(asked).toEqual([token]);

  let reads = 0;
  const clock = standingClock();
  const expiresAt = new Date(clock.now().getTime() + 60_000);
  const withIssuer = authenticator({
    keys: { findApiKey: async () => undefined },
    clientTokens: { issue: () => '', read: () => undefined },
    accessTokens: {
      async read(_, now) {
        reads += 1;
        return now < expiresAt ? { ...KEY, keyId: 'anna', expiresAt } : undefined;
      },
    },
    hashApiKey: (key) => Buffer.from(key),
    isSuspended: () => false,
    clock,
  });
  for (let n = 0; n < 3; n += 1)
    expect(await withIssuer(token)).toEqual({ kind: 'merchant', ...CALLER, keyId: 'anna' });
  expect(reads).toBe(1);
  clock.forward(60_000);
  expect(await withIssuer(token)).toBeUndefined();
});

test('a key of a terminal is that terminal', async () => {
  const { authenticate, kept } = door();
  kept.set('till-key', { ...KEY, scopes: [], terminalId: 'T1' });
  expect(await authenticate('till-key')).toEqual({
    kind: 'terminal',
    merchantId: 'm-1',
    keyId: 'k-1',
    terminalId: 'T1',
  });
});

describe('an order is seen', () => {
  const soldAt = new Date('2026-11-23T12:00:00Z');
  const order = { merchantId: 'm-1', id: 'o-1', terminalId: 'T1', createdAt: soldAt };
  const key = { kind: 'merchant', keyId: 'k', scopes: [] } as const;
  const till = { kind: 'terminal', keyId: 'k', merchantId: 'm-1' } as const;
  // biome-ignore format: a table
  test.each([
    ['by its merchant',             { ...key, merchantId: 'm-1' },                                     0, true],
    ['by no other merchant',        { ...key, merchantId: 'm-2' },                                     0, false],
    ['by its terminal',             { ...till, terminalId: 'T1' },                                     0, true],
    ['by its terminal for a day',   { ...till, terminalId: 'T1' },                                86_399, true],
    ['by its terminal no longer',   { ...till, terminalId: 'T1' },                                86_400, false],
    ['by no other terminal',        { ...till, terminalId: 'T2' },                                     0, false],
    ["by no other merchant's till", { ...till, terminalId: 'T1', merchantId: 'm-2' },                  0, false],
    ['by its client',               { kind: 'client', merchantId: 'm-1', orderId: 'o-1', token: 't' }, 0, true],
    ["by no other order's client",  { kind: 'client', merchantId: 'm-1', orderId: 'o-2', token: 't' }, 0, false],
    ["by no other merchant's",      { kind: 'client', merchantId: 'm-2', orderId: 'o-1', token: 't' }, 0, false],
  ] as const)('%s', (_, caller, seconds, sees) => {
    expect(maySee(caller, order, new Date(soldAt.getTime() + seconds * 1_000))).toBe(sees);
  });
});
