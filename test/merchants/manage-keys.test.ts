// What an approval of a change of keys is good for. The rest of the keys' life is in journeys/api-keys.
import { describe, expect, test } from 'vitest';
import { type ApiKey, MOST_KEYS } from '../../src/merchants/api-key.ts';
import type { MerchantCaller } from '../../src/merchants/caller.ts';
import { ASKS_FOR_NOTHING } from '../../src/merchants/confirmation-policy.ts';
import { createKey, revokeKey, rotateKey } from '../../src/merchants/manage-keys.ts';
import { SCOPES } from '../../src/merchants/scopes.ts';
import type { Change } from '../../src/merchants/second-person.ts';
import { memoryKeys } from '../support/memory-keys.ts';
import { MERCHANT, newId, standingClock } from '../support/orders.ts';

const CALLER: MerchantCaller = { kind: 'merchant', merchantId: MERCHANT, keyId: 'maker', scopes: SCOPES };

async function watched() {
  const { needs } = memoryKeys();
  const asked: Change[] = [];
  const watching = {
    ...needs,
    secondPerson: (_: unknown, change: Change) => {
      asked.push(change);
      return async () => undefined;
    },
  };
  const expiresAt = new Date('2030-01-01T00:00:00Z');
  const made = await createKey(watching, CALLER, {
    label: 'till',
    scopes: ['orders:read'],
    terminalId: null,
    expiresAt,
  });
  return { watching, asked, keyId: made.kind === 'key' ? made.key.id : expect.unreachable() };
}

test('a rotation is agreed to with its overlap, which the checker reads', async () => {
  const { watching, asked, keyId } = await watched();
  for (const overlapSeconds of [86_400, 0]) await rotateKey(watching, CALLER, { keyId, overlapSeconds });
  const [, now] = asked.slice(1);
  expect(now?.summary).toContain('the old one stays valid for 0 s');
  expect(asked.slice(1).map(({ what }) => what.overlapSeconds)).toEqual([86_400, 0]);
});

test('a new key is agreed to with the time of its end', async () => {
  const { asked } = await watched();
  expect(asked).toMatchObject([
    {
      kind: 'api_key',
      what: { expiresAt: '2030-01-01T00:00:00.000Z' },
      summary: expect.stringContaining('until 2030'),
    },
  ]);
});

describe('an approval is not spent on what cannot be done', () => {
  const clock = standingClock();
  const NEW = { label: 'books', scopes: ['orders:read'], terminalId: null, expiresAt: null } as const;
  const aKey = (fields: Partial<ApiKey> = {}): ApiKey => ({
    ...NEW,
    id: newId(),
    merchantId: MERCHANT,
    prefix: 'kassa_x',
    createdAt: clock.now(),
    revokedAt: null,
    lastUsedAt: null,
    ...fields,
  });

  function guarded(...there: ApiKey[]) {
    const { needs, keys, confirmations } = memoryKeys(clock);
    keys.push(...there);
    confirmations.policies.set(MERCHANT, { ...ASKS_FOR_NOTHING, settings: true });
    const { operations } = confirmations;
    return {
      keys,
      states: () => operations.map(({ state }) => state),
      async approve() {
        const [operation] = operations;
        const decision = { merchantId: MERCHANT, id: operation?.id ?? '', approve: true };
        await confirmations.needs.operations.decide(decision, { id: newId(), actor: 'checker', at: clock.now() });
      },
      create: (fields: Partial<Parameters<typeof createKey>[2]> = {}) =>
        createKey(needs, CALLER, { ...NEW, ...fields }),
      rotate: (keyId: string) => rotateKey(needs, CALLER, { keyId, overlapSeconds: 60 }),
      revoke: (keyId: string) => revokeKey(needs, CALLER, keyId),
    };
  }

  test('a label that somebody else has taken meanwhile: free again, the approval is still good', async () => {
    const shop = guarded();
    await shop.create();
    await shop.approve();
    shop.keys.push(aKey());
    expect(await shop.create()).toMatchObject({ kind: 'invalid_input', field: 'label' });
    expect(shop.states()).toEqual(['APPROVED']);
    shop.keys.length = 0;
    expect(await shop.create()).toMatchObject({ kind: 'key' });
    expect(shop.states()).toEqual(['USED']);
  });

  test('a key of this label that ends, or has been revoked, is in nobody’s way', async () => {
    const later = new Date(clock.now().getTime() + 1_000);
    const shop = guarded(aKey({ expiresAt: later }), aKey({ revokedAt: clock.now() }));
    expect(await shop.create()).toMatchObject({ kind: 'confirmation_required' });
    expect(await guarded(aKey()).create({ expiresAt: later })).toMatchObject({ kind: 'confirmation_required' });
  });

  test('too many keys: nobody is asked', async () => {
    const shop = guarded(...Array.from({ length: MOST_KEYS }, (_, n) => aKey({ label: `${n}` })));
    expect(await shop.create()).toEqual({ kind: 'api_key_limit', most: MOST_KEYS });
    shop.keys[0] = aKey({ expiresAt: clock.now() });
    expect(await shop.create()).toMatchObject({ kind: 'confirmation_required' });
  });

  // biome-ignore format: a table
  test.each([
    ['revoked',  { revokedAt: clock.now() }],
    ['out of time', { expiresAt: clock.now() }],
  ])('a key that is %s is neither rotated nor revoked', async (_, fields) => {
    for (const act of ['rotate', 'revoke'] as const) {
      const key = aKey();
      const shop = guarded(key);
      await shop[act](key.id);
      await shop.approve();
      shop.keys[0] = { ...key, ...fields };
      expect(await shop[act](key.id)).toEqual({ kind: 'api_key_not_found' });
      expect(shop.states()).toEqual(['APPROVED']);
    }
  });

  test('the last key that may administer: nobody is asked', async () => {
    const last = aKey({ scopes: ['admin'] });
    const ending = aKey({ scopes: ['admin'], label: 'x', expiresAt: new Date(clock.now().getTime() + 1_000) });
    const shop = guarded(last, ending, aKey({ label: 'y' }));
    expect(await shop.revoke(last.id)).toMatchObject({ kind: 'invalid_input', field: 'id' });
    expect(shop.states()).toEqual([]);
    shop.keys.push(aKey({ scopes: ['admin'], label: 'z' }));
    expect(await shop.revoke(last.id)).toMatchObject({ kind: 'confirmation_required' });
  });
});
