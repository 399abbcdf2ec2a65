// A looser policy is a second person's matter. What it is compared with may change under it.
import { expect, test } from 'vitest';
import type { MerchantCaller } from '../../src/merchants/caller.ts';
import { ASKS_FOR_NOTHING } from '../../src/merchants/confirmation-policy.ts';
import type { ConfirmationPolicies } from '../../src/merchants/ports.ts';
import { setConfirmationPolicy } from '../../src/merchants/set-confirmation-policy.ts';
import { memoryConfirmations } from '../support/memory-confirmations.ts';
import { MERCHANT } from '../support/orders.ts';

const MAKER: MerchantCaller = { kind: 'merchant', merchantId: MERCHANT, keyId: 'maker', scopes: ['admin'] };
const GUARDED = { ...ASKS_FOR_NOTHING, settings: true };

function aShop(policy = GUARDED) {
  const memory = memoryConfirmations();
  memory.policies.set(MERCHANT, policy);
  const { needs } = memory;
  const set = (wanted = ASKS_FOR_NOTHING, policies: Partial<ConfirmationPolicies> = {}) =>
    setConfirmationPolicy({ ...needs, policies: { ...needs.policies, ...policies } }, MAKER, wanted);
  return {
    ...memory,
    set,
    states: () => memory.operations.map(({ state }) => state),
    async approve(operationId: string) {
      const note = { id: 'note', actor: 'checker', at: memory.clock.now() };
      await needs.operations.decide({ merchantId: MERCHANT, id: operationId, approve: true }, note);
    },
    /** Puts it only after another policy came in between. */
    lateBy: (between: typeof GUARDED): Partial<ConfirmationPolicies> => {
      let late = true;
      return {
        async put(merchantId, change, note) {
          if (late) memory.policies.set(MERCHANT, between);
          late = false;
          return needs.policies.put(merchantId, change, note);
        },
      };
    },
  };
}

test('an approval that was used up is good for every further try: another change in between does not lose it', async () => {
  const shop = aShop();
  const asked = await shop.set();
  if (asked.kind !== 'confirmation_required') throw new Error(asked.kind);
  await shop.approve(asked.operationId);
  const between = { ...GUARDED, terminalsAlways: true };
  expect(await shop.set(ASKS_FOR_NOTHING, shop.lateBy(between))).toMatchObject({ kind: 'policy' });
  expect(shop.states()).toEqual(['USED']);
});

test('that nobody had to agree is not good any more once somebody has to', async () => {
  const shop = aShop({ ...ASKS_FOR_NOTHING, terminalsAlways: true });
  expect(await shop.set(ASKS_FOR_NOTHING, shop.lateBy(GUARDED))).toMatchObject({ kind: 'confirmation_required' });
  expect(await shop.needs.policies.read(MERCHANT)).toEqual(GUARDED);
});

test('hours that are none are said before anybody is asked', async () => {
  const shop = aShop();
  const wrong = { ...ASKS_FOR_NOTHING, freeHours: { from: 9, to: 9 } };
  expect(await shop.set(wrong)).toMatchObject({ kind: 'invalid_input', field: 'freeHours' });
  expect(shop.states()).toEqual([]);
});
