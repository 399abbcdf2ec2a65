import { describe, expect, test } from 'vitest';
import { payByAuthCode } from '../../src/orders/pay-by-auth-code.ts';
import type { Payment } from '../../src/orders/payment.ts';
import type { Cancelled, ChannelAnswer, RefundAnswer } from '../../src/orders/ports.ts';
import { refundOrder } from '../../src/orders/refund-order.ts';
import { reverseOrder } from '../../src/orders/reverse-order.ts';
import { accepted, NOT_SENT, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { aFact, anOrder, aPayment, aRefund, orderIn } from '../support/orders.ts';
import { AUTH_CODE, aShop, secondsAfterNoon } from './shop.ts';

const PAID = accepted(aFact());
const AWAITING = accepted(aFact({ state: 'awaiting_buyer', paidAt: null }));
const NONE = rejectedWith('TRADE_NOT_EXIST');
const SHORT = rejectedWith('SELLER_BALANCE_NOT_ENOUGH');
const CANCELLED = { kind: 'order', order: { status: 'CANCELLED' } };
const REFUNDED = { kind: 'order', order: { status: 'REFUNDED' } };

function aTill(script: Script = {}, order = anOrder()) {
  const shop = aShop(script, order);
  return { ...shop, reverse: () => reverseOrder(shop.desk, { ...shop.asked, reason: 'changed his mind' }) };
}

function backWith(totalFen: bigint): ChannelAnswer<RefundAnswer> {
  return accepted({ fundChange: true, totalFen, refundedAt: null });
}

function called(action: Cancelled['action'], retry = false): ChannelAnswer<Cancelled> {
  return accepted({ retry, action });
}

const showing = (fields: Partial<Payment> = {}) => anOrder({ payments: [aPayment(fields)] });
const inDoubt = () =>
  showing({ method: 'AUTH_CODE', status: 'UNKNOWN', offer: null, payableUntil: null, cancelAt: secondsAfterNoon(45) });

describe('unpaid', () => {
  // biome-ignore format: a table
  test.each<[string, Script, object, string]>([
    ['nobody has scanned: cancelled',     { query: [NONE] },                                                                         CANCELLED,                       'query'],
    ['a buyer is there: closed first',    { query: [AWAITING], close: [accepted(null)] },                                            CANCELLED,                       'query close'],
    ['it turns out to be paid: refunded', { query: [PAID], refund: [backWith(999n)] },                                               REFUNDED,                        'query refund'],
    ['paid while it is being closed',     { query: [AWAITING, PAID], close: [rejectedWith('TRADE_STATUS_ERROR')], refund: [backWith(999n)] }, REFUNDED,               'query close query refund'],
    ['nobody can say: later',             { query: [UNKNOWN] },                                                                      { kind: 'payment_unresolved' },  'query'],
    ['the channel is away: later',        { query: [NOT_SENT] },                                                                     { kind: 'channel_unavailable' }, 'query'],
  ])('%s', async (_, script, outcome, calls) => {
    const till = aTill(script, showing());
    expect(await till.reverse()).toMatchObject(outcome);
    expect(till.channel.calls.join(' ')).toBe(calls);
  });

  test('never begun: cancelled without a call or a note', async () => {
    const till = aTill();
    expect(await till.reverse()).toMatchObject(CANCELLED);
    expect(till.types()).toBe('order.cancelled');
    expect(till.store.events[0]?.data).toBe('{"note":"changed his mind","reason":"undone"}');
  });

  test('from the wish on nobody may be asked to pay it', async () => {
    const till = aTill({ query: [UNKNOWN] }, showing());
    await till.reverse();
    const scanned = await payByAuthCode(till.desk, { ...till.asked, authCode: AUTH_CODE });
    expect(scanned).toEqual({ kind: 'order_not_payable', status: 'PENDING', expired: false });
  });
});

describe('in doubt', () => {
  // biome-ignore format: a table
  test.each<[string, Script, object, string]>([
    ['called off',                         { cancel: [called('close')] },                                  CANCELLED,                       'payment.unknown payment.failed order.cancelled'],
    ['there was nothing',                  { cancel: [called('none')], query: [NONE] },                    CANCELLED,                       'payment.unknown payment.failed order.cancelled'],
    ['it was paid, and is given back',     { cancel: [called('refund')] },                                 CANCELLED,                       'payment.unknown payment.failed order.cancelled'],
    ['too late to call off: refunded',     { cancel: [rejectedWith('TRADE_CANCEL_TIME_OUT')], query: [PAID], refund: [backWith(999n)] }, REFUNDED, 'payment.unknown payment.succeeded refund.requested refund.succeeded'],
    ['not certain yet',                    { cancel: [called('none', true)] },                             { kind: 'payment_unresolved' },  'payment.unknown'],
    ['no answer',                          { cancel: [UNKNOWN] },                                          { kind: 'payment_unresolved' },  'payment.unknown'],
    ['the channel is away',                { cancel: [NOT_SENT] },                                         { kind: 'channel_unavailable' }, 'payment.unknown'],
  ])('%s', async (_, script, outcome, types) => {
    const till = aTill(script, inDoubt());
    expect(await till.reverse()).toMatchObject(outcome);
    expect(till.types()).toBe(types);
  });

  // biome-ignore format: a table
  test.each<[string, Script, string, string]>([
    ['called off at the second try',    { cancel: [UNKNOWN, called('close')] },                                          'CANCELLED', 'cancel end'],
    ['paid meanwhile: given back',      { cancel: [UNKNOWN, rejectedWith('CANCEL_NOT_ALLOWED')], query: [PAID], refund: [backWith(999n)] }, 'REFUNDED', 'cancel undo'],
    ['given back by the cancel itself', { cancel: [called('none', true), called('refund')] },                            'CANCELLED', 'cancel end'],
  ])('what the call could not finish is finished afterwards: %s', async (_, script, status, did) => {
    const till = aTill(script, inDoubt());
    expect(await till.reverse()).toEqual({ kind: 'payment_unresolved' });
    expect((await till.settle()).join(' ')).toBe(did);
    expect(till.order().status).toBe(status);
    expect(till.clock.now().getTime()).toBeLessThan(secondsAfterNoon(45).getTime());
  });

  test('asked again while it is in doubt: cancelled again, noted once', async () => {
    const till = aTill({ cancel: [UNKNOWN, UNKNOWN, called('close')] }, inDoubt());
    for (let i = 0; i < 2; i++) expect(await till.reverse()).toEqual({ kind: 'payment_unresolved' });
    expect(await till.reverse()).toMatchObject(CANCELLED);
    expect(till.types()).toBe('payment.unknown payment.failed order.cancelled');
  });

  test('a code on the screen whose end nobody knows is ended afterwards', async () => {
    const till = aTill({ query: [UNKNOWN, UNKNOWN, NONE] }, showing());
    await till.reverse();
    expect((await till.settle()).slice(0, 2)).toEqual(['end', 'end']);
    expect(till.order().status).toBe('CANCELLED');
  });
});

describe('paid', () => {
  test.each(['PAID', 'SHIPPING', 'COMPLETED'] as const)(
    '%s: everything goes back, and asking again is safe',
    async (status) => {
      const till = aTill({ refund: [backWith(999n)] }, orderIn(status));
      for (let i = 0; i < 3; i++) expect(await till.reverse()).toMatchObject(REFUNDED);
      expect(till.channel.calls).toEqual(['refund']);
      expect(till.order()).toMatchObject({
        refundedFen: 999n,
        refunds: [{ amountFen: 999n, reason: 'changed his mind' }],
      });
    },
  );

  test('partly refunded: the rest goes back', async () => {
    const till = aTill({ refund: [backWith(300n), backWith(999n)] }, orderIn('PAID'));
    await refundOrder(till.desk, { ...till.asked, refundNo: 'R-1', amountFen: 300n, reason: null });
    till.clock.forward(4_000);
    expect(await till.reverse()).toMatchObject(REFUNDED);
    expect(till.order().refunds.map(({ amountFen }) => amountFen)).toEqual([300n, 699n]);
  });

  test('a part of it is on its way: only the rest is asked for', async () => {
    const till = aTill(
      { refund: [UNKNOWN, backWith(999n)], queryRefund: [accepted({ done: true, amountFen: 300n, refundedAt: null })] },
      orderIn('PAID'),
    );
    await refundOrder(till.desk, { ...till.asked, refundNo: 'R-1', amountFen: 300n, reason: null });
    expect(await till.reverse()).toMatchObject({ kind: 'order', order: { status: 'PAID' } });
    await till.settle();
    expect(till.order()).toMatchObject({ status: 'REFUNDED', refundedFen: 999n });
  });

  test('the answer is unknown: found out afterwards, once', async () => {
    const done = accepted({ done: true as const, amountFen: 999n, refundedAt: null });
    const till = aTill({ refund: [UNKNOWN], queryRefund: [done] }, orderIn('PAID'));
    for (let i = 0; i < 3; i++)
      expect(await till.reverse()).toMatchObject({ kind: 'order', order: { status: 'PAID' } });
    expect(await till.settle()).toEqual(['refund']);
    expect(till.channel.calls).toEqual(['refund', 'queryRefund']);
    expect(till.order()).toMatchObject({ status: 'REFUNDED' });
  });

  test("the shop's balance is short: refused, and tried again under the same number when asked again", async () => {
    const till = aTill({ refund: [SHORT, backWith(999n)], queryRefund: [accepted({ done: false })] }, orderIn('PAID'));
    expect(await till.reverse()).toMatchObject({ kind: 'payment_rejected', subCode: 'SELLER_BALANCE_NOT_ENOUGH' });
    expect(till.dueInS()).toBeNull();
    till.clock.forward(60_000);
    expect(await till.reverse()).toMatchObject(REFUNDED);
    expect(till.order().refunds).toHaveLength(1);
  });

  test('refused, then a part went back another way: the smaller rest has a number of its own', async () => {
    const till = aTill({ refund: [SHORT, UNKNOWN, backWith(999n)], queryRefund: [UNKNOWN] }, orderIn('PAID'));
    await till.reverse();
    till.clock.forward(4_000);
    await refundOrder(till.desk, { ...till.asked, refundNo: 'R-1', amountFen: 300n, reason: null });
    expect(await till.reverse()).toMatchObject({ kind: 'order' });
    const { refunds } = till.order();
    expect(refunds.map(({ amountFen, status }) => `${amountFen} ${status}`)).toEqual([
      '999 FAILED',
      '300 PENDING',
      '699 PENDING',
    ]);
    expect(new Set(refunds.map(({ refundNo }) => refundNo)).size).toBe(3);
  });

  test('a half is on its way, and the other half failed: asking again asks for nothing twice', async () => {
    const payment = aPayment({ status: 'SUCCEEDED', amountFen: 998n });
    const order = { ...orderIn('PAID'), amountFen: 998n, paidPaymentId: payment.id, payments: [payment] };
    const other = aRefund({ paymentId: payment.id, amountFen: 499n });
    const till = aTill({ refund: [UNKNOWN] }, { ...order, refunds: [other] });
    await till.reverse();
    const { refunds } = till.order();
    till.store.orders.set(order.id, {
      ...till.order(),
      refunds: refunds.map((one) => (one.id === other.id ? { ...one, status: 'FAILED' } : one)),
    });
    expect(await till.reverse()).toMatchObject({ kind: 'order' });
    expect(till.types()).toBe('refund.requested');
  });

  test('the numbers of the greatest amounts fit', async () => {
    const half = 5_000_000_000n;
    const payment = aPayment({ status: 'SUCCEEDED', amountFen: 2n * half });
    const refund = aRefund({ paymentId: payment.id, amountFen: half, status: 'SUCCEEDED' });
    const order = { ...orderIn('PAID'), amountFen: 2n * half, paidPaymentId: payment.id, payments: [payment] };
    const till = aTill({ refund: [backWith(2n * half)] }, { ...order, refunds: [refund], refundedFen: half });
    expect(await till.reverse()).toMatchObject(REFUNDED);
    expect(till.order().refunds.at(-1)?.refundNo).toMatch(/^[A-Za-z0-9_-]{60,64}$/);
  });
});

describe('over', () => {
  test.each(['CANCELLED', 'REFUNDED'] as const)('%s: stays, with no call', async (status) => {
    const till = aTill({}, orderIn(status));
    expect(await till.reverse()).toMatchObject({ kind: 'order', order: { status } });
    expect(till.types()).toBe('');
  });

  test('no reason is not a reason, and no order of ours', async () => {
    const { desk, asked } = aTill();
    expect(await reverseOrder(desk, { ...asked, reason: '' })).toMatchObject({
      kind: 'invalid_input',
      field: 'reason',
    });
    expect(await reverseOrder(desk, { ...asked, merchantId: 'another', reason: null })).toEqual({
      kind: 'order_not_found',
    });
  });
});
