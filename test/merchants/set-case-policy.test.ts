// What becomes of late money by itself is a setting like others: who has to agree before it changes.
import { expect, test } from 'vitest';
import type { MerchantCaller } from '../../src/merchants/caller.ts';
import { ASKS_FOR_NOTHING } from '../../src/merchants/confirmation-policy.ts';
import { setCasePolicy } from '../../src/merchants/set-case-policy.ts';
import type { CasePolicy } from '../../src/orders/case.ts';
import { memoryConfirmations } from '../support/memory-confirmations.ts';
import { memorySettings } from '../support/memory-settings.ts';
import { MERCHANT } from '../support/orders.ts';

const MAKER: MerchantCaller = { kind: 'merchant', merchantId: MERCHANT, keyId: 'maker', scopes: ['cases:manage'] };
const HELD = { kind: 'confirmation_required' };

function aShop({ settings = true, casePolicy = 'AUTO_REFUND' as CasePolicy } = {}) {
  const memory = memoryConfirmations();
  memory.policies.set(MERCHANT, { ...ASKS_FOR_NOTHING, settings });
  const kept = memorySettings(casePolicy);
  const needs = { settings: kept.settings, confirmations: memory.needs };
  return { ...memory, ...kept, set: (policy: CasePolicy) => setCasePolicy(needs, MAKER, policy) };
}

// biome-ignore format: a table
test.each<[boolean, CasePolicy, CasePolicy, 'asks' | 'free']>([
  // settings  was            becomes
  [false,      'HOLD',        'ACCEPT',      'free'],
  [true,       'HOLD',        'ACCEPT',      'asks'],
  [true,       'HOLD',        'AUTO_REFUND', 'asks'],
  [true,       'AUTO_REFUND', 'ACCEPT',      'asks'],
  [true,       'ACCEPT',      'AUTO_REFUND', 'asks'],
  [true,       'ACCEPT',      'HOLD',        'free'], // nothing moves by itself any more
  [true,       'ACCEPT',      'ACCEPT',      'free'],
])('where settings need somebody: %s, from %s to %s: %s', async (settings, casePolicy, next, needs) => {
  const shop = aShop({ settings, casePolicy });
  expect(await shop.set(next)).toMatchObject(needs === 'asks' ? HELD : { kind: 'case_policy', policy: next });
  expect(await shop.settings.readCasePolicy(MERCHANT)).toBe(needs === 'asks' ? casePolicy : next);
});

test('approved by an administrator it is set when it is asked for again, once, as it was asked for, and noted', async () => {
  const shop = aShop();
  const asked = await shop.set('ACCEPT');
  if (asked.kind !== 'confirmation_required') throw new Error(asked.kind);
  expect(shop.operations).toMatchObject([{ kind: 'policy', summary: 'Late money: from AUTO_REFUND to ACCEPT' }]);
  const note = { id: 'note', actor: 'checker', at: shop.clock.now() };
  await shop.needs.operations.decide({ merchantId: MERCHANT, id: asked.operationId, approve: true }, note);
  expect(await shop.set('ACCEPT')).toEqual({ kind: 'case_policy', policy: 'ACCEPT' });
  expect(shop.told).toMatchObject([{ actor: 'maker', policy: 'ACCEPT' }]);
  await shop.set('HOLD');
  expect(await shop.set('ACCEPT')).toMatchObject(HELD);
});
