// Late money and second payments: asked about, then given back or kept, once, whatever step is repeated.
import { describe, expect, test } from 'vitest';
import type { CasePolicy } from '../../src/orders/case.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import type { ChannelAnswer, RefundAnswer, RefundState } from '../../src/orders/ports.ts';
import { accepted, NOT_SENT, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { aFact, anOrder, aPayment, OTHER_TRADE, orderIn, refunded, TRADE } from '../support/orders.ts';
import { aShop } from './shop.ts';

const PAID = accepted(aFact());
const BACK: ChannelAnswer<RefundAnswer> = accepted({ fundChange: true, totalFen: 999n, refundedAt: null });
const DONE = accepted<RefundState>({ done: true, amountFen: 999n, refundedAt: null });
const NOT_DONE = accepted<RefundState>({ done: false });

const cancelledOrder = () =>
  anOrder({ status: 'CANCELLED', payments: [aPayment({ status: 'CLOSED', payableUntil: null })] });

function aShopWith(policy: CasePolicy, script: Script, order: WholeOrder) {
  const shop = aShop(script, order);
  shop.desk.casePolicyOf = async () => policy;
  return shop;
}

function afterLateMoney(policy: CasePolicy, script: Script = {}) {
  return aShopWith(policy, script, cancelledOrder());
}

describe('late money, by the merchant’s rule', () => {
  // biome-ignore format: a table
  test.each<[CasePolicy, string, string, string, string]>([
    // rule          order        case        done              calls
    ['AUTO_REFUND', 'CANCELLED', 'REFUNDED', 'settle refund', 'query refund'],
    ['ACCEPT',      'PAID',      'ACCEPTED', 'settle',        'query'],
    ['HOLD',        'CANCELLED', 'OPEN',     '',              ''],
  ])('%s: the order is %s, the case %s', async (policy, status, state, did, calls) => {
    const shop = afterLateMoney(policy, { query: [PAID], refund: [BACK] });
    expect(await shop.hear(aFact())).toMatchObject({ verdict: 'late', reply: 'success' });
    expect((await shop.settle()).join(' ')).toBe(did);
    expect(shop.channel.calls.join(' ')).toBe(calls);
    expect(shop.order()).toMatchObject({ status, refundedFen: 0n, cases: [{ kind: 'late', state, policy }] });
    expect(shop.dueInS()).toBeNull();
  });

  test('given back: one refund under the case’s own number, the case settled by it', async () => {
    const shop = afterLateMoney('AUTO_REFUND', { query: [PAID], refund: [BACK] });
    await shop.hear(aFact());
    await shop.settle();
    const [one] = shop.order().cases;
    expect(shop.order().refunds).toMatchObject([
      { refundNo: `case_${one?.id.replaceAll('-', '')}`, amountFen: 999n, status: 'SUCCEEDED' },
    ]);
    expect(shop.types()).toBe('case.opened refund.requested refund.succeeded case.resolved');
    expect(one?.resolvedAt).toEqual(shop.clock.now());
  });

  test('kept: the order is paid by that payment from then on, and can be given back as any other', async () => {
    const shop = afterLateMoney('ACCEPT', { query: [PAID] });
    await shop.hear(aFact());
    await shop.settle();
    const { paidPaymentId, payments, paidAt } = shop.order();
    expect(paidPaymentId).toBe(payments.find(({ tradeNo }) => tradeNo === TRADE)?.id);
    expect(paidAt).toEqual(aFact().paidAt);
    await shop.hear(refunded(999n));
    expect(shop.order()).toMatchObject({ status: 'REFUNDED', refundedFen: 999n });
  });

  test('kept, and a second one comes as late: the first is kept, the second waits for a person', async () => {
    const shop = afterLateMoney('ACCEPT', { query: [PAID] });
    await shop.hear(aFact());
    await shop.hear(aFact({ tradeNo: OTHER_TRADE }));
    await shop.settle();
    expect(shop.order().cases.map(({ state }) => state)).toEqual(['ACCEPTED', 'OPEN']);
    expect(shop.dueInS()).toBeNull();
  });
});

describe('only what a query confirms is moved', () => {
  // biome-ignore format: a table
  test.each<[string, Script['query']]>([
    ['no answer at first',          [UNKNOWN, NOT_SENT, PAID]],
    ['not known there at first',    [rejectedWith('TRADE_NOT_EXIST'), PAID]],
  ])('%s: asked again until it is paid', async (_, query) => {
    const shop = afterLateMoney('AUTO_REFUND', { query: query ?? [], refund: [BACK] });
    await shop.hear(aFact());
    expect((await shop.settle()).at(-1)).toBe('refund');
    expect(shop.order().cases[0]?.state).toBe('REFUNDED');
    expect(shop.channel.calls.filter((call) => call === 'refund')).toHaveLength(1);
  });

  test('a trade that the query does not speak of is never given back', async () => {
    const shop = afterLateMoney('AUTO_REFUND', { query: [accepted(aFact({ tradeNo: OTHER_TRADE }))], refund: [BACK] });
    await shop.hear(aFact());
    await shop.look();
    const mine = shop.order().payments.find(({ tradeNo }) => tradeNo === TRADE);
    expect(shop.order().refunds.filter(({ paymentId }) => paymentId === mine?.id)).toEqual([]);
  });
});

describe('a second payment', () => {
  // biome-ignore format: a table
  test.each<[CasePolicy, CasePolicy, string]>([
    ['AUTO_REFUND', 'AUTO_REFUND', 'REFUNDED'],
    ['ACCEPT',      'HOLD',        'OPEN'],       // nobody wants to pay twice
    ['HOLD',        'HOLD',        'OPEN'],
  ])('%s counts as %s: %s', async (rule, policy, state) => {
    const second = aFact({ tradeNo: OTHER_TRADE, outTradeNo: 'A-2' });
    const shop = aShopWith(rule, { query: [accepted(second)], refund: [BACK] }, paidUnder('A-2'));
    await shop.hear(second);
    await shop.settle();
    expect(shop.order()).toMatchObject({ status: 'PAID', refundedFen: 0n, cases: [{ kind: 'second_payment', policy, state }] });
  });

  test('its refund goes to its own number and leaves the order’s money alone', async () => {
    const second = aFact({ tradeNo: OTHER_TRADE, outTradeNo: 'A-2' });
    const asked: unknown[] = [];
    const shop = aShopWith('AUTO_REFUND', { query: [accepted(second)] }, paidUnder('A-2'));
    shop.channel.refund = async (request) => {
      asked.push(request);
      return BACK;
    };
    await shop.hear(second);
    await shop.settle();
    expect(asked).toMatchObject([{ outTradeNo: 'A-2', amountFen: 999n }]);
    expect(shop.order()).toMatchObject({ status: 'PAID', refundedFen: 0n });
  });
});

test.each(['wrong_amount', 'wrong_seller', 'paid_before_order'] as const)(
  '%s is held, whatever the rule',
  async (kind) => {
    const facts = {
      wrong_amount: aFact({ amountFen: 1n }),
      wrong_seller: aFact({ sellerMatches: false }),
      paid_before_order: aFact({ paidAt: new Date(0) }),
    };
    for (const policy of ['ACCEPT', 'AUTO_REFUND', 'HOLD'] as const) {
      const shop = afterLateMoney(policy);
      await shop.hear(facts[kind]);
      expect(await shop.settle()).toEqual([]);
      expect(shop.order().cases).toMatchObject([{ kind, policy: 'HOLD', state: 'OPEN' }]);
    }
  },
);

describe('exactly one refund', () => {
  // biome-ignore format: a table
  test.each<[string, Script]>([
    ['the notice comes again and again',       { refund: [BACK] }],
    ['the refund’s answer is lost',            { refund: [UNKNOWN], queryRefund: [DONE] }],
    ['the refund is lost, and sent again',     { refund: [UNKNOWN, BACK], queryRefund: [UNKNOWN, NOT_DONE] }],
    ['sent again it is a repeat',              { refund: [UNKNOWN, accepted({ fundChange: false, totalFen: 999n, refundedAt: null })], queryRefund: [NOT_DONE, DONE] }],
  ])('%s', async (_, script) => {
    const shop = afterLateMoney('AUTO_REFUND', { query: [PAID], ...script });
    for (let i = 0; i < 3; i++) await shop.hear(aFact());
    for (let looks = 0; looks < 10 && (await shop.look()) !== undefined; looks += 1) await shop.hear(aFact());
    expect(shop.dueInS()).toBeNull();
    expect(shop.order().refunds).toMatchObject([{ amountFen: 999n, status: 'SUCCEEDED' }]);
    expect(shop.order().cases).toMatchObject([{ state: 'REFUNDED' }]);
  });

  test('a crash after each step in turn: what was written is gone on with', async () => {
    for (let dying = 1; dying <= 4; dying += 1) {
      const shop = afterLateMoney('AUTO_REFUND', { query: [PAID], queryRefund: [DONE] });
      const given = new Set<string>();
      let steps = 0;
      const step = async <Value>(answer: ChannelAnswer<Value>) => {
        steps += 1;
        if (steps === dying) throw new Error('dies here');
        return answer;
      };
      shop.channel.query = () => step(PAID);
      shop.channel.refund = async ({ refundNo }) => {
        given.add(refundNo);
        return step(BACK);
      };
      await shop.hear(aFact());
      for (let i = 0; i < 6; i++) await shop.look().catch(() => shop.store.checks.taken.clear());
      expect(given.size).toBe(1);
      expect(shop.order()).toMatchObject({ refunds: [{ status: 'SUCCEEDED' }], cases: [{ state: 'REFUNDED' }] });
    }
  });

  test('two processes at once write one refund', async () => {
    const shop = afterLateMoney('AUTO_REFUND', { query: [PAID], refund: [BACK] });
    await shop.hear(aFact());
    const taken = await shop.store.checks.takeOne('', shop.order().id);
    shop.store.checks.taken.clear();
    await Promise.all([shop.checkNow(), shop.checkNow()]);
    expect(taken).toBeDefined();
    await shop.settle();
    expect(shop.order().refunds).toHaveLength(1);
    expect(shop.channel.calls.filter((call) => call === 'refund')).toHaveLength(1);
  });

  test('it came back elsewhere: whole, nothing is sent; a part, the rest is', async () => {
    const whole = afterLateMoney('AUTO_REFUND');
    await whole.hear(refunded(999n, null));
    expect(await whole.settle()).toEqual([]);
    expect(whole.order()).toMatchObject({ refunds: [{ status: 'SUCCEEDED' }], cases: [{ state: 'REFUNDED' }] });

    const part = afterLateMoney('AUTO_REFUND', { query: [PAID], refund: [BACK] });
    await part.hear(refunded(300n, null));
    await part.settle();
    expect(part.order().refunds.map(({ amountFen, status }) => `${amountFen} ${status}`)).toEqual([
      '300 SUCCEEDED',
      '699 SUCCEEDED',
    ]);
    expect(part.order().cases).toMatchObject([{ state: 'REFUNDED' }]);
  });

  test("the shop's balance is short: the case stays open for a person, and nothing is sent by itself", async () => {
    const shop = afterLateMoney('AUTO_REFUND', { query: [PAID], refund: [rejectedWith('SELLER_BALANCE_NOT_ENOUGH')] });
    await shop.hear(aFact());
    expect(await shop.settle()).toEqual(['settle', 'refund']);
    expect(shop.order()).toMatchObject({ refunds: [{ status: 'FAILED' }], cases: [{ state: 'OPEN' }] });
  });
});

/** Paid by {@link TRADE}; another number was used for a payment that we hold for closed. */
function paidUnder(closed: string): WholeOrder {
  const order = orderIn('PAID');
  return { ...order, payments: [...order.payments, aPayment({ status: 'CLOSED', outTradeNo: closed })] };
}
