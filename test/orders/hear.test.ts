import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/orders/fact.ts';
import { hear } from '../../src/orders/hear.ts';
import type { OrderStatus, WholeOrder } from '../../src/orders/order.ts';
import type { Verdict } from '../../src/orders/ports.ts';
import {
  aFact,
  anOrder,
  aPayment,
  aRefund,
  at,
  NOON,
  OTHER_TRADE,
  orderIn,
  refunded,
  TRADE,
} from '../support/orders.ts';

const awaiting = aFact({ state: 'awaiting_buyer', paidAt: null });
const closed = aFact({ state: 'closed', paidAt: null });
const paid = aFact();
const refundedInFull = refunded(999n);

/** Hears one fact after the other, as it would be stored between. */
function tell(order: WholeOrder, ...facts: Fact[]) {
  const heard = facts.reduce<{ order: WholeOrder; verdicts: Verdict[]; types: string[] }>(
    (so, fact) => {
      const { verdict, draft } = hear(so.order, fact, at());
      const types = [...so.types, ...draft.events.map(({ type }) => type)];
      return { order: draft.events.length > 0 ? draft.after : so.order, verdicts: [...so.verdicts, verdict], types };
    },
    { order, verdicts: [], types: [] },
  );
  return { ...heard, statuses: heard.order.payments.map(({ status }) => status) };
}

test.each([false, true])(
  'money that a cancel gave back stays given back when its notice comes late, whichever payment the clocks say was last',
  (isLast) => {
    const given = aPayment({ method: 'AUTH_CODE', status: 'FAILED', channelEnd: 'refunded' });
    const replaced = aPayment({ status: 'CLOSED' });
    const order = anOrder({ payments: isLast ? [replaced, given] : [given, replaced] });
    const told = tell(order, paid);
    expect(told.verdicts).toEqual(['stays']);
    expect(told.order).toEqual(order);
  },
);

describe('an order hears of its own trade', () => {
  const said = { awaiting, closed, paid, 'refunded in part': refunded(500n), 'refunded in full': refundedInFull };

  // biome-ignore format: a table
  test.each<[OrderStatus, keyof typeof said, OrderStatus, Verdict, string]>([
    // in          hears               lands        verdict    events
    ['PENDING',   'awaiting',         'PENDING',   'applied', 'payment.started'],
    ['PENDING',   'closed',           'PENDING',   'applied', 'payment.closed'],
    ['PENDING',   'paid',             'PAID',      'applied', 'payment.succeeded'],
    ['PENDING',   'refunded in part', 'PAID',      'applied', 'payment.succeeded refund.succeeded'],
    ['PENDING',   'refunded in full', 'REFUNDED',  'applied', 'payment.succeeded refund.succeeded'],
    ['PAID',      'awaiting',         'PAID',      'stays',   ''],                 // late, out of order
    ['PAID',      'closed',           'PAID',      'refused', 'case.opened'],      // nobody can unsay money
    ['PAID',      'paid',             'PAID',      'stays',   ''],                 // Alipay repeats itself for 25 hours
    ['PAID',      'refunded in part', 'PAID',      'applied', 'refund.succeeded'],
    ['PAID',      'refunded in full', 'REFUNDED',  'applied', 'refund.succeeded'],
    ['SHIPPING',  'awaiting',         'SHIPPING',  'stays',   ''],
    ['SHIPPING',  'closed',           'SHIPPING',  'refused', 'case.opened'],
    ['SHIPPING',  'paid',             'SHIPPING',  'stays',   ''],
    ['SHIPPING',  'refunded in part', 'SHIPPING',  'applied', 'refund.succeeded'],
    ['SHIPPING',  'refunded in full', 'REFUNDED',  'applied', 'refund.succeeded'],
    ['COMPLETED', 'awaiting',         'COMPLETED', 'stays',   ''],
    ['COMPLETED', 'closed',           'COMPLETED', 'refused', 'case.opened'],
    ['COMPLETED', 'paid',             'COMPLETED', 'stays',   ''],
    ['COMPLETED', 'refunded in part', 'COMPLETED', 'applied', 'refund.succeeded'],
    ['COMPLETED', 'refunded in full', 'REFUNDED',  'applied', 'refund.succeeded'],
    ['CANCELLED', 'awaiting',         'CANCELLED', 'applied', 'payment.started'],    // a buyer holds the old code
    ['CANCELLED', 'closed',           'CANCELLED', 'applied', 'payment.closed'],
    ['CANCELLED', 'paid',             'CANCELLED', 'late',    'case.opened'],
    ['CANCELLED', 'refunded in part', 'CANCELLED', 'late',    'case.opened refund.succeeded'],
    ['CANCELLED', 'refunded in full', 'CANCELLED', 'late',    'case.opened refund.succeeded case.resolved'], // nothing is left to settle
    ['REFUNDED',  'awaiting',         'REFUNDED',  'stays',   ''],
    ['REFUNDED',  'closed',           'REFUNDED',  'stays', ''],
    ['REFUNDED',  'paid',             'REFUNDED',  'stays',   ''],
    ['REFUNDED',  'refunded in part', 'REFUNDED',  'stays',   ''],                 // an older total
    ['REFUNDED',  'refunded in full', 'REFUNDED',  'stays',   ''],
    ['RETURNED',  'awaiting',         'RETURNED',  'stays',   ''],
    ['RETURNED',  'closed',           'RETURNED',  'refused', 'case.opened'],
    ['RETURNED',  'paid',             'RETURNED',  'stays',   ''],
    ['RETURNED',  'refunded in part', 'RETURNED',  'applied', 'refund.succeeded'],
    ['RETURNED',  'refunded in full', 'RETURNED',  'applied', 'refund.succeeded'],
  ])('%s, hearing %s: %s (%s)', (status, fact, lands, verdict, types) => {
    const heard = tell(orderIn(status), said[fact]);
    expect(heard.order.status).toBe(lands);
    expect(heard.verdicts).toEqual([verdict]);
    expect(heard.types.join(' ')).toBe(types);
  });
});

describe('what does not fit', () => {
  // biome-ignore format: a table
  test.each<[string, Partial<Fact>, Verdict]>([
    ['paid, a fen less',                 { amountFen: 998n },                                          'wrong_amount'],
    ['paid, a fen more',                 { amountFen: 1_000n },                                        'wrong_amount'],
    ['paid to another seller',           { sellerMatches: false },                                     'wrong_seller'],
    ['paid to another seller, and less', { sellerMatches: false, amountFen: 1n },                      'wrong_seller'],
    ['paid before the order was there',  { paidAt: new Date(0) },                                      'paid_before_order'],
    ['awaiting another amount',          { state: 'awaiting_buyer', paidAt: null, amountFen: 998n },   'refused'],
    ['closed at another amount',         { state: 'closed', paidAt: null, amountFen: 998n },           'refused'],
    ['closed at another seller',         { state: 'closed', paidAt: null, sellerMatches: false },      'refused'],
  ])('%s: %s', (_, fields, verdict) => {
    const fact = aFact(fields);
    for (const order of [anOrder({ payments: [aPayment()] }), anOrder(), orderIn('PAID')]) {
      const heard = tell(order, fact, fact);
      const isCase = verdict !== 'refused';
      expect(heard.verdicts).toEqual([verdict, isCase ? 'stays' : 'refused']);
      expect(heard.types).toEqual(isCase ? ['case.opened'] : []);
      expect(heard.order).toMatchObject({ status: order.status, payments: order.payments, refundedFen: 0n });
      expect(heard.order.cases.map(({ kind, amountFen }) => [kind, amountFen])).toEqual(
        isCase ? [[verdict, fact.amountFen]] : [],
      );
    }
  });

  test('our clock may be a little ahead of Alipay’s: no case for that', () => {
    const paidAt = new Date(NOON.getTime() - 59_000);
    expect(tell(anOrder(), aFact({ paidAt })).verdicts).toEqual(['applied']);
    expect(tell(anOrder(), aFact({ paidAt: new Date(NOON.getTime() - 61_000) })).verdicts).toEqual([
      'paid_before_order',
    ]);
  });

  test('a second trade pays a paid order: one case, however often it is heard, and the first payment counts', () => {
    const order = orderIn('PAID');
    const second = aFact({ tradeNo: OTHER_TRADE });
    const heard = tell(order, second, second, paid);
    expect(heard.verdicts).toEqual(['second_payment', 'stays', 'stays']);
    expect(heard.order.cases).toMatchObject([{ kind: 'second_payment', tradeNo: OTHER_TRADE, amountFen: 999n }]);
    expect(heard.order.paidPaymentId).toBe(order.paidPaymentId);
    expect(heard.statuses).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  test('what a case was paid is given back: booked, and not counted for the order', () => {
    const second = aFact({ tradeNo: OTHER_TRADE });
    const back = refunded(999n, null, { tradeNo: OTHER_TRADE });
    for (const facts of [[second, back], [back, second], [back]]) {
      const { order } = tell(orderIn('PAID'), ...facts);
      expect(order).toMatchObject({ status: 'PAID', refundedFen: 0n });
      expect(order.refunds).toMatchObject([{ amountFen: 999n, status: 'SUCCEEDED' }]);
      expect(order.cases).toHaveLength(1);
    }
  });

  test('two trades given back alike, numbers untold: two refunds, two numbers', () => {
    const { order } = tell(orderIn('PAID'), refunded(999n, null), refunded(999n, null, { tradeNo: OTHER_TRADE }));
    expect(new Set(order.refunds.map(({ refundNo }) => refundNo)).size).toBe(2);
    for (const { refundNo } of order.refunds) expect(refundNo).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(order).toMatchObject({ status: 'REFUNDED', refundedFen: 999n });
  });

  test("a refund of ours is not taken for another trade's under the same number", () => {
    const order = orderIn('PAID');
    const pending = { ...order, refunds: [aRefund({ paymentId: order.paidPaymentId ?? '' })] };
    const heard = tell(pending, refunded(999n, 'R-1', { tradeNo: OTHER_TRADE }));
    expect(heard.order.refunds.map(({ status }) => status)).toEqual(['PENDING', 'SUCCEEDED']);
  });

  test('more given back than was paid is refused', () => {
    expect(tell(orderIn('PAID'), refunded(1_000n)).verdicts).toEqual(['refused']);
    expect(tell(anOrder(), refunded(1_000n)).order).toMatchObject({ status: 'PAID', refundedFen: 0n });
  });

  test('a second buyer scans while the first has not paid: refused, the first one stays live', () => {
    const heard = tell(anOrder({ payments: [aPayment()] }), awaiting, { ...awaiting, tradeNo: OTHER_TRADE });
    expect(heard.verdicts).toEqual(['applied', 'refused']);
    expect(heard.statuses).toEqual(['AWAITING_BUYER']);
  });
});

describe('any order of arrival', () => {
  const finished = aFact();
  const facts = { awaiting, paid, finished, refundedInFull };

  test.each(permutations(Object.keys(facts) as (keyof typeof facts)[]))('%s, %s, %s, %s', (...names) => {
    const { order, statuses } = tell(anOrder({ payments: [aPayment()] }), ...names.map((name) => facts[name]));
    expect(order).toMatchObject({ status: 'REFUNDED', refundedFen: 999n, paidAt: NOON, cases: [] });
    expect(order.payments).toMatchObject([{ status: 'SUCCEEDED', tradeNo: TRADE, succeededAt: NOON }]);
    expect(order.refunds).toMatchObject([{ refundNo: 'R-1', amountFen: 999n, status: 'SUCCEEDED' }]);
    expect(order.paidPaymentId).toBe(order.payments[0]?.id);
    expect(statuses).toEqual(['SUCCEEDED']);
  });

  function permutations<Item>(items: Item[]): [Item, Item, Item, Item][] {
    const all = (rest: Item[]): Item[][] =>
      rest.length === 0
        ? [[]]
        : rest.flatMap((one) => all(rest.filter((other) => other !== one)).map((tail) => [one, ...tail]));
    return all(items) as [Item, Item, Item, Item][];
  }
});

describe('a trade that nobody paid', () => {
  test('closed, then paid all the same: money is the truth', () => {
    const heard = tell(anOrder({ payments: [aPayment()] }), awaiting, closed, closed, paid);
    expect(heard.verdicts).toEqual(['applied', 'applied', 'stays', 'applied']);
    expect(heard.order).toMatchObject({ status: 'PAID' });
    expect(heard.statuses).toEqual(['SUCCEEDED']);
  });

  test('closed, and a second one under the number is paid', () => {
    const order = anOrder({ payments: [aPayment()] });
    const { order: between } = tell(order, awaiting, closed);
    const again = { ...between, payments: [...between.payments, aPayment()] };
    const heard = tell(again, { ...awaiting, tradeNo: OTHER_TRADE }, { ...paid, tradeNo: OTHER_TRADE }, closed);
    expect(heard.order.status).toBe('PAID');
    expect(heard.statuses).toEqual(['CLOSED', 'SUCCEEDED']);
    expect(heard.verdicts).toEqual(['applied', 'applied', 'stays']);
  });

  test.each(['FAILED', 'CLOSED'] as const)('%s here before: its number is spent, which is no step', (status) => {
    const { verdict, draft } = hear(anOrder({ payments: [aPayment({ status })] }), closed, at());
    expect(verdict).toBe('stays');
    expect(draft.events).toEqual([]);
    expect(draft.payments).toMatchObject([{ status, channelEnd: 'closed', tradeNo: TRADE }]);
    expect(hear(draft.after, closed, at()).draft.payments).toEqual([]);
  });

  test('a payment that we held for failed is paid', () => {
    const failed = aPayment({ status: 'FAILED', failure: { subCode: 'A', message: 'no', messageZh: '否' } });
    const { order } = tell(anOrder({ payments: [failed] }), paid);
    expect(order.status).toBe('PAID');
    expect(order.payments).toMatchObject([{ id: failed.id, status: 'SUCCEEDED', failure: null }]);
  });
});

describe('refunds', () => {
  test('totals are cumulative; a lower or equal one changes nothing', () => {
    const steps = [refunded(300n, 'R-1'), refunded(300n, 'R-1'), refunded(500n, 'R-2'), refunded(300n, 'R-1')];
    const heard = tell(orderIn('PAID'), ...steps);
    expect(heard.verdicts).toEqual(['applied', 'stays', 'applied', 'stays']);
    expect(heard.order.refunds.map(({ refundNo, amountFen }) => [refundNo, amountFen])).toEqual([
      ['R-1', 300n],
      ['R-2', 200n],
    ]);
    expect(heard.order).toMatchObject({ status: 'PAID', refundedFen: 500n });
    expect(tell(heard.order, refunded(999n, 'R-3')).order).toMatchObject({ status: 'REFUNDED', refundedFen: 999n });
  });

  test('the last total heard first books the whole of it', () => {
    const heard = tell(orderIn('PAID'), refunded(999n, 'R-2'), refunded(500n, 'R-1'));
    expect(heard.order).toMatchObject({ status: 'REFUNDED', refundedFen: 999n });
    expect(heard.verdicts).toEqual(['applied', 'stays']);
  });

  test('a total that grows under a known number is one more refund', () => {
    const { order } = tell(orderIn('PAID'), refunded(300n, 'R-1'), refunded(500n, 'R-1'));
    expect(order.refunds.map(({ amountFen }) => amountFen)).toEqual([300n, 200n]);
    expect(new Set(order.refunds.map(({ refundNo }) => refundNo)).size).toBe(2);
  });

  test('our own pending refund succeeds when its number and amount are heard', () => {
    const order = orderIn('PAID');
    const ours = aRefund({ paymentId: order.paidPaymentId ?? '' });
    const heard = tell({ ...order, refunds: [ours] }, refundedInFull);
    expect(heard.order.refunds).toEqual([{ ...ours, status: 'SUCCEEDED', succeededAt: NOON }]);
    expect(heard.order.status).toBe('REFUNDED');
  });
});
