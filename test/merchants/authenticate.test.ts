import { describe, expect, test } from 'vitest';
import { authenticator, bearer } from '../../src/merchants/authenticate.ts';
import { maySee } from '../../src/merchants/caller.ts';
import type { ApiKey } from '../../src/merchants/ports.ts';
import { standingClock } from '../support/orders.ts';

const KEY: ApiKey = { merchantId: 'm-1', keyId: 'k-1' };

function door() {
  const kept = new Map([['api-key', KEY]]);
  const asked: string[] = [];
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
    clock,
  });
  return { authenticate, asked, clock, kept };
}

describe('a credential', () => {
  test('that is an API key opens everything of its merchant', async () => {
    const { authenticate } = door();
    expect(await authenticate('api-key')).toEqual({ kind: 'merchant', ...KEY });
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
    expect(await authenticate('new-key')).toMatchObject(KEY);
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

describe('an order is seen', () => {
  const order = { merchantId: 'm-1', id: 'o-1' };
  // biome-ignore format: a table
  test.each([
    ['by its merchant',            { kind: 'merchant', merchantId: 'm-1', keyId: 'k' },               true],
    ['by no other merchant',       { kind: 'merchant', merchantId: 'm-2', keyId: 'k' },               false],
    ['by its client',              { kind: 'client', merchantId: 'm-1', orderId: 'o-1', token: 't' }, true],
    ["by no other order's client", { kind: 'client', merchantId: 'm-1', orderId: 'o-2', token: 't' }, false],
    ["by no other merchant's",     { kind: 'client', merchantId: 'm-2', orderId: 'o-1', token: 't' }, false],
  ] as const)('%s', (_, caller, sees) => {
    expect(maySee(caller, order)).toBe(sees);
  });
});
