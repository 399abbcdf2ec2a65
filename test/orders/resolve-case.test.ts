import { describe, expect, test } from 'vitest';
import type { Case, CaseKind, CaseState } from '../../src/orders/case.ts';
import type { CaseBook } from '../../src/orders/ports.ts';
import { type CaseDecision, resolveCase } from '../../src/orders/resolve-case.ts';
import { accepted, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { aCase, aFact, anOrder, aPayment, aRefund, MERCHANT, orderIn, TRADE } from '../support/orders.ts';
import { aShop } from './shop.ts';

const PAID = accepted(aFact());
const BACK = accepted({ fundChange: true, totalFen: 999n, refundedAt: null });

/** A desk before which one case lies: of an order, or (`loose`) of none that anybody knows. */
function aDeskWith(fields: Partial<Case> = {}, script: Script = { query: [PAID], refund: [BACK] }, loose = false) {
  const payment = aPayment({ status: 'SUCCEEDED', tradeNo: TRADE });
  const base = fields.kind === 'second_payment' ? orderIn('PAID') : anOrder({ status: 'CANCELLED' });
  const opened = aCase({ policy: 'HOLD', orderId: loose ? null : base.id, ...fields });
  const shop = aShop(script, { ...base, payments: [...base.payments, payment], cases: loose ? [] : [opened] });
  let alone = opened;
  const cases: CaseBook = {
    find: async (merchantId, id) => {
      const mine = [alone, ...shop.order().cases].findLast((one) => one.id === id);
      return merchantId === MERCHANT ? mine : undefined;
    },
    close: async (closed) => {
      if (alone.state !== 'OPEN') return false;
      alone = closed;
      return true;
    },
  };
  const resolve = (decision: CaseDecision, note: string | null = 'so be it') =>
    resolveCase(
      { ...shop.desk, cases },
      { merchantId: MERCHANT, caseId: opened.id, decision, note, sure: async () => undefined },
    );
  return { ...shop, cases, opened, payment, resolve };
}

describe('a person decides about late money', () => {
  // biome-ignore format: a table
  test.each<[CaseDecision, CaseState, string, string, string]>([
    ['ACCEPT', 'ACCEPTED', 'PAID',      'query',        'case.resolved'],
    ['REFUND', 'REFUNDED', 'CANCELLED', 'query refund', 'refund.requested refund.succeeded case.resolved'],
    ['CLOSE',  'CLOSED',   'CANCELLED', '',             'case.resolved'],
  ])('%s: %s', async (decision, state, status, calls, types) => {
    const desk = aDeskWith();
    expect(await desk.resolve(decision)).toMatchObject({ kind: 'case', one: { state, note: 'so be it', resolvedAt: desk.clock.now() } });
    expect(desk.order()).toMatchObject({ status, cases: [{ state, note: 'so be it' }] });
    expect(desk.channel.calls.join(' ')).toBe(calls);
    expect(desk.types()).toBe(types);
  });

  test.each<CaseDecision>(['ACCEPT', 'REFUND', 'CLOSE'])(
    '%s again: as it was decided, nothing more',
    async (decision) => {
      const desk = aDeskWith();
      const first = await desk.resolve(decision);
      const { version } = desk.order();
      expect(await desk.resolve(decision)).toEqual(first);
      expect(desk.order().version).toBe(version);
    },
  );

  test('another decision after that: it is decided', async () => {
    const decisions = ['ACCEPT', 'REFUND', 'CLOSE'] as const;
    for (const first of decisions)
      for (const second of decisions.filter((one) => one !== first)) {
        const desk = aDeskWith();
        await desk.resolve(first);
        expect(await desk.resolve(second)).toMatchObject({ kind: 'case_not_resolvable' });
      }
  });

  test('many at once: one is decided, and at most one refund is made', async () => {
    for (const decisions of [
      ['REFUND', 'REFUND', 'REFUND'],
      ['ACCEPT', 'REFUND', 'CLOSE'],
      ['REFUND', 'ACCEPT'],
    ] as const) {
      const desk = aDeskWith();
      await Promise.all(decisions.map((decision) => desk.resolve(decision)));
      await desk.settle();
      const { cases, refunds } = desk.order();
      expect(cases[0]?.state).not.toBe('OPEN');
      expect(refunds).toHaveLength(cases[0]?.state === 'REFUNDED' ? 1 : 0);
    }
  });
});

describe('the refund that a person asked for', () => {
  test('its answer is unknown: the case is open until it is found out', async () => {
    const done = accepted({ done: true as const, amountFen: 999n, refundedAt: null });
    const desk = aDeskWith({}, { query: [PAID], refund: [UNKNOWN], queryRefund: [done] });
    expect(await desk.resolve('REFUND')).toMatchObject({ kind: 'case', one: { state: 'OPEN', note: 'so be it' } });
    expect(await desk.resolve('REFUND')).toMatchObject({ kind: 'case', one: { state: 'OPEN' } });
    await desk.settle();
    expect(desk.order()).toMatchObject({
      cases: [{ state: 'REFUNDED', note: 'so be it' }],
      refunds: [{ status: 'SUCCEEDED' }],
    });
    expect(desk.channel.calls.filter((call) => call === 'refund')).toHaveLength(1);
  });

  test.each(['ACCEPT', 'CLOSE'] as const)('while it is on its way nobody can %s the case', async (decision) => {
    const desk = aDeskWith({}, { query: [PAID], refund: [UNKNOWN] });
    await desk.resolve('REFUND');
    expect(await desk.resolve(decision)).toEqual({ kind: 'case_not_resolvable', message: 'Its refund is under way' });
    expect(desk.order()).toMatchObject({ status: 'CANCELLED', cases: [{ state: 'OPEN' }] });
  });

  test('it failed: tried again under the same number when asked again', async () => {
    const short = rejectedWith('SELLER_BALANCE_NOT_ENOUGH');
    const desk = aDeskWith({}, { query: [PAID], refund: [short, BACK], queryRefund: [accepted({ done: false })] });
    expect(await desk.resolve('REFUND')).toMatchObject({ one: { state: 'OPEN' } });
    expect(desk.order().refunds).toMatchObject([{ status: 'FAILED' }]);
    desk.clock.forward(60_000);
    expect(await desk.resolve('REFUND')).toMatchObject({ one: { state: 'REFUNDED' } });
    expect(desk.order().refunds).toHaveLength(1);
  });

  test('it failed: the money may be kept instead', async () => {
    const desk = aDeskWith({}, { query: [PAID], refund: [rejectedWith('SELLER_BALANCE_NOT_ENOUGH')] });
    await desk.resolve('REFUND');
    expect(await desk.resolve('ACCEPT')).toMatchObject({ one: { state: 'ACCEPTED' } });
    expect(desk.order()).toMatchObject({ status: 'PAID', refundedFen: 0n });
  });

  test('a part came back elsewhere: the rest is given back, or kept', async () => {
    const desk = aDeskWith();
    const part = aRefund({ paymentId: desk.payment.id, amountFen: 300n, status: 'SUCCEEDED', refundNo: 'E-1' });
    const heard = desk.order().payments.map((one) => ({ ...one, refundedTotalFen: 300n }));
    desk.store.orders.set(desk.order().id, { ...desk.order(), refunds: [part], payments: heard });
    expect(await desk.resolve('ACCEPT')).toMatchObject({ one: { state: 'ACCEPTED' } });
    expect(desk.order()).toMatchObject({ status: 'PAID', refundedFen: 300n });
  });
});

describe('what can be decided', () => {
  // biome-ignore format: a table
  test.each<[CaseKind, CaseDecision, 'case' | 'case_not_resolvable']>([
    ['second_payment',    'REFUND', 'case'],
    ['second_payment',    'ACCEPT', 'case_not_resolvable'],
    ['second_payment',    'CLOSE',  'case'],
    ['wrong_amount',      'REFUND', 'case_not_resolvable'],
    ['wrong_amount',      'ACCEPT', 'case_not_resolvable'],
    ['wrong_amount',      'CLOSE',  'case'],
    ['wrong_seller',      'REFUND', 'case_not_resolvable'],
    ['wrong_seller',      'CLOSE',  'case'],
    ['paid_before_order', 'ACCEPT', 'case_not_resolvable'],
    ['paid_before_order', 'CLOSE',  'case'],
    ['refused_fact',      'REFUND', 'case_not_resolvable'],
    ['refused_fact',      'CLOSE',  'case'],
  ])('%s: %s is a %s', async (kind, decision, outcome) => {
    const desk = aDeskWith({ kind });
    expect(await desk.resolve(decision)).toMatchObject({ kind: outcome });
    if (outcome === 'case_not_resolvable') expect(desk.order().cases).toMatchObject([{ state: 'OPEN' }]);
  });

  test('of an unknown order: it can only be closed, once', async () => {
    const desk = aDeskWith({ kind: 'unknown_order' }, {}, true);
    expect(await desk.resolve('REFUND')).toMatchObject({ kind: 'case_not_resolvable' });
    expect(await desk.resolve('CLOSE')).toMatchObject({ kind: 'case', one: { state: 'CLOSED', note: 'so be it' } });
    expect(await desk.resolve('CLOSE')).toMatchObject({ kind: 'case', one: { state: 'CLOSED' } });
    expect(desk.types()).toBe('');
  });

  test.each<CaseDecision>(['ACCEPT', 'REFUND'])(
    '%s, and Alipay does not confirm the money: nothing moves',
    async (decision) => {
      for (const answer of [UNKNOWN, rejectedWith('TRADE_NOT_EXIST')]) {
        const desk = aDeskWith({}, { query: [answer] });
        expect(await desk.resolve(decision)).toMatchObject({ kind: 'case_not_resolvable' });
        expect(desk.types()).toBe('');
      }
    },
  );

  test('no case of ours, and a note that is none', async () => {
    const desk = aDeskWith();
    const command = { caseId: desk.opened.id, decision: 'CLOSE', note: null, sure: async () => undefined } as const;
    const needs = { ...desk.desk, cases: desk.cases };
    expect(await resolveCase(needs, { ...command, merchantId: 'another' })).toEqual({ kind: 'case_not_found' });
    expect(await desk.resolve('CLOSE', '')).toMatchObject({ kind: 'invalid_input', field: 'note' });
  });
});
