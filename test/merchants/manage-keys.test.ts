// What an approval of a change of keys is good for. The rest of the keys' life is in journeys/api-keys.
import { expect, test } from 'vitest';
import type { MerchantCaller } from '../../src/merchants/caller.ts';
import { createKey, rotateKey } from '../../src/merchants/manage-keys.ts';
import { SCOPES } from '../../src/merchants/scopes.ts';
import type { Change } from '../../src/merchants/second-person.ts';
import { memoryKeys } from '../support/memory-keys.ts';
import { MERCHANT } from '../support/orders.ts';

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
  for (const overlapSeconds of [0, 86_400]) await rotateKey(watching, CALLER, { keyId, overlapSeconds });
  const [now] = asked.slice(1);
  expect(now?.summary).toContain('the old one stays valid for 0 s');
  expect(asked.slice(1).map(({ what }) => what.overlapSeconds)).toEqual([0, 86_400]);
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
