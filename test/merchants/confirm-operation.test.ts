// Who may decide about what, and a maker's own code.
import { describe, expect, test } from 'vitest';
import type { MerchantCaller } from '../../src/merchants/caller.ts';
import { confirmOperation } from '../../src/merchants/confirm-operation.ts';
import { ASKS_FOR_NOTHING } from '../../src/merchants/confirmation-policy.ts';
import type { Totps } from '../../src/merchants/ports.ts';
import type { Scope } from '../../src/merchants/scopes.ts';
import { type Change, secondPerson } from '../../src/merchants/second-person.ts';
import { activateTotp, enrolment, enrolTotp } from '../../src/merchants/totp.ts';
import { memoryConfirmations } from '../support/memory-confirmations.ts';
import { aDesk, memoryStore, scriptedChannel } from '../support/memory-ports.ts';
import { MERCHANT } from '../support/orders.ts';

const CHANGE: Change = { kind: 'api_key', what: { act: 'create', label: 'books' }, summary: 'Make a key' };
const key = (keyId: string, scopes: readonly Scope[] = ['admin'], merchantId = MERCHANT): MerchantCaller => ({
  kind: 'merchant',
  merchantId,
  keyId,
  scopes,
});
const MAKER = key('maker');
const CHECKER = key('checker');

function aShop({ settings = true } = {}) {
  const memory = memoryConfirmations();
  const needs = { ...memory.needs, desk: aDesk(memoryStore(), scriptedChannel({}), memory.clock) };
  memory.policies.set(MERCHANT, { ...ASKS_FOR_NOTHING, settings });
  const askAs = (caller: MerchantCaller, change = CHANGE) => secondPerson(needs, caller, change)();
  return {
    ...memory,
    askAs,
    asked: async (change = CHANGE) => (await askAs(MAKER, change))?.operationId ?? expect.unreachable(),
    decide: (caller: MerchantCaller, operationId: string, approve = true, code: string | null = null) =>
      confirmOperation(needs, caller, { operationId, approve, code }),
    enrol: (code: string | null = null, totps: Partial<Totps> = {}) =>
      enrolTotp({ ...needs, totps: { ...needs.totps, ...totps } }, MAKER, {
        code,
        sure: (replaces) => secondPerson(needs, MAKER, enrolment(MAKER, replaces)),
      }),
    activate: (code: string) => activateTotp(needs, MAKER, code),
    code: (away = 0) => String(Math.floor(memory.clock.now().getTime() / 30_000) + away),
  };
}

const INVALID = { kind: 'confirmation_invalid' };

describe('a change', () => {
  test('needs nobody where the policy says so', async () => {
    expect(await aShop({ settings: false }).askAs(MAKER)).toBeUndefined();
  });

  test('waits, is approved by another, and is done once, by its maker, as it was asked for', async () => {
    const shop = aShop();
    const id = await shop.asked();
    expect(await shop.asked()).toBe(id);
    expect(await shop.decide(MAKER, id)).toMatchObject(INVALID);
    expect(await shop.decide(CHECKER, id)).toMatchObject({ kind: 'operation', operation: { state: 'APPROVED' } });
    expect(await shop.askAs(MAKER, { ...CHANGE, what: { act: 'create', label: 'other' } })).toBeDefined();
    expect(await shop.askAs(key('somebody else'))).toBeDefined();
    expect(await shop.askAs(MAKER)).toBeUndefined();
    expect(await shop.askAs(MAKER)).toBeDefined();
  });

  test.each<[string, readonly Scope[]]>([
    ['may decide', ['admin']],
    ['may decide about other things', ['refunds:confirm']],
    ['may decide nothing', ['webhooks:manage']],
  ])('may be taken back by its maker, who %s, and the log says who', async (_, scopes) => {
    const shop = aShop();
    const id = await shop.asked();
    const maker = key('maker', scopes);
    const taken = await shop.decide(maker, id, false);
    expect(taken).toMatchObject({ operation: { state: 'REJECTED', decidedBy: 'maker' } });
    expect(await shop.decide(maker, id, false)).toEqual(taken);
    expect(shop.notes.at(-1)).toMatchObject({ actor: 'maker', action: 'rejected' });
  });

  test('is neither approved by a maker who may decide nothing, nor taken back by anybody else who may not', async () => {
    const shop = aShop();
    const id = await shop.asked();
    const stranger = await shop.decide(key('somebody else', []), id, false);
    expect(stranger).toEqual(await shop.decide(key('somebody else', []), 'no such id', false));
    expect(await shop.decide(key('maker', []), id, true, shop.code())).toEqual(stranger);
    expect(shop.operations).toMatchObject([{ state: 'WAITING' }]);
  });

  test('decided is decided: the same again by the same checker is answered, another decision is not', async () => {
    const shop = aShop();
    const id = await shop.asked();
    const first = await shop.decide(CHECKER, id);
    expect(await shop.decide(CHECKER, id)).toEqual(first);
    expect(await shop.decide(CHECKER, id, false)).toMatchObject(INVALID);
    expect(await shop.decide(key('third'), id)).toMatchObject(INVALID);
  });

  test('is out of time after a day', async () => {
    const shop = aShop();
    const id = await shop.asked();
    shop.clock.forward(24 * 3_600_000);
    expect(await shop.decide(CHECKER, id)).toEqual({ kind: 'confirmation_invalid', message: 'Its time is over' });
  });
});

// biome-ignore format: a table
test.each<[Change['kind'], readonly Scope[], boolean]>([
  ['api_key', ['admin'],           true],
  ['api_key', ['refunds:confirm'], false],
  ['webhook', ['admin'],           true],
  ['policy',  ['admin'],           true],
  ['totp',    ['refunds:confirm'], false],
  ['case',    ['refunds:confirm'], true],
  ['case',    ['admin'],           false],
])('%s may be decided by %j: %s', async (kind, scopes, may) => {
  const shop = aShop();
  const id = await shop.asked({ ...CHANGE, kind });
  expect((await shop.decide(key('checker', scopes), id)).kind).toBe(may ? 'operation' : 'confirmation_invalid');
});

test('of another merchant it is not there', async () => {
  const shop = aShop();
  const id = await shop.asked();
  const other = await shop.decide(key('checker', ['admin'], 'another'), id);
  expect(other).toEqual(await shop.decide(CHECKER, 'no such id'));
});

describe("the maker's own code", () => {
  async function enrolled() {
    const shop = aShop({ settings: false });
    expect(await shop.enrol()).toMatchObject({
      kind: 'totp',
      url: expect.stringMatching(/^otpauth:\/\/totp\/.*secret=SECRET/),
    });
    expect(await shop.activate(shop.code())).toEqual({ kind: 'totp_active' });
    shop.policies.set(MERCHANT, { ...ASKS_FOR_NOTHING, settings: true });
    shop.clock.forward(30_000);
    return shop;
  }

  test('stands in for a second person, once', async () => {
    const shop = await enrolled();
    const [first, second] = [await shop.asked(), await shop.asked({ ...CHANGE, what: { act: 'revoke' } })];
    expect(await shop.decide(MAKER, first, true, '000000')).toMatchObject(INVALID);
    expect(await shop.decide(MAKER, first, true, shop.code())).toMatchObject({ operation: { state: 'APPROVED' } });
    expect(await shop.decide(MAKER, second, true, shop.code())).toMatchObject(INVALID);
    shop.clock.forward(30_000);
    expect(await shop.decide(MAKER, second, true, shop.code())).toMatchObject({ operation: { state: 'APPROVED' } });
  });

  test('after five wrong ones the right one does not help either', async () => {
    const shop = await enrolled();
    const id = await shop.asked();
    for (let tries = 0; tries < 5; tries += 1) await shop.decide(MAKER, id, true, '000000');
    expect(await shop.decide(MAKER, id, true, shop.code())).toMatchObject(INVALID);
  });

  test('counts once it has been activated, not before', async () => {
    const shop = aShop();
    const id = await shop.asked();
    expect(await shop.decide(MAKER, id, true, shop.code())).toMatchObject(INVALID);
    expect(await shop.activate(shop.code())).toMatchObject(INVALID);
  });

  test('is replaced by a code of it or by a second person, whatever the policy says', async () => {
    const shop = await enrolled();
    shop.policies.set(MERCHANT, ASKS_FOR_NOTHING);
    expect(await shop.enrol('000000')).toMatchObject(INVALID);
    expect(await shop.enrol(shop.code())).toMatchObject({ kind: 'totp' });
    const held = await shop.enrol();
    if (held.kind !== 'confirmation_required') throw new Error(held.kind);
    await shop.decide(CHECKER, held.operationId);
    expect(await shop.enrol()).toMatchObject({ kind: 'totp' });
  });

  test('is proved also by who asked for the first one and comes when another counts already', async () => {
    const shop = aShop({ settings: false });
    await shop.enrol();
    const { isActive } = shop.needs.totps;
    const late = await shop.enrol(null, {
      async isActive(merchantId, owner) {
        const before = await isActive(merchantId, owner);
        if (!before) await shop.activate(shop.code());
        return before;
      },
    });
    expect(late).toMatchObject({ kind: 'confirmation_required' });
    expect(await shop.activate(shop.code(1))).toMatchObject(INVALID);
  });

  test('has a first secret only with a second person, where settings need one', async () => {
    expect(await aShop().enrol()).toMatchObject({ kind: 'confirmation_required' });
  });

  test('is not replaced on the strength of an approval that was for the first one', async () => {
    const shop = aShop();
    const held = await shop.enrol();
    if (held.kind !== 'confirmation_required') throw new Error(held.kind);
    await shop.decide(CHECKER, held.operationId);
    shop.policies.set(MERCHANT, ASKS_FOR_NOTHING);
    await shop.enrol();
    expect(await shop.activate(shop.code())).toEqual({ kind: 'totp_active' });
    expect(await shop.enrol()).toMatchObject({ kind: 'confirmation_required' });
  });
});
