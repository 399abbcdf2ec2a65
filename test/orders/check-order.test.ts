// The looks that nobody asked for: what is due is done, nothing before its time but a question.
import { describe, expect, test } from 'vitest';
import { checkOrder } from '../../src/orders/check-order.ts';
import { precreateQrCode } from '../../src/orders/precreate-qr-code.ts';
import { syncOrder } from '../../src/orders/sync-order.ts';
import { accepted, NOT_SENT, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { aFact, anOrder, aPayment, aRefund, MERCHANT, NOON, orderIn } from '../support/orders.ts';
import { aShop, secondsAfterNoon } from './shop.ts';

const PAID = accepted(aFact());
const AWAITING = accepted(aFact({ state: 'awaiting_buyer', paidAt: null }));
const NONE = rejectedWith('TRADE_NOT_EXIST');

const showing = () => anOrder({ payments: [aPayment()] });
const scanned = () =>
  anOrder({
    payments: [
      aPayment({
        method: 'AUTH_CODE',
        status: 'UNKNOWN',
        offer: null,
        payableUntil: null,
        cancelAt: secondsAfterNoon(45),
      }),
    ],
  });
const refunding = (triedAt: Date | null = NOON) => {
  const order = orderIn('PAID');
  return { ...order, refunds: [aRefund({ paymentId: order.paidPaymentId ?? '', triedAt })] };
};

describe('a hurried look', () => {
  // biome-ignore format: a table
  test.each<[string, ReturnType<typeof anOrder>, Script, string, string]>([
    ['asks about a code early',                        showing(),   { query: [NONE] },    'ask',     'query'],
    ['asks about a scanned code, never calls it off',  scanned(),   { query: [UNKNOWN] }, 'ask',     'query'],
    ['does not ask about a refund early',              refunding(), {},                   'nothing', ''],
    ['does not end a sale early',                      anOrder(),   {},                   'nothing', ''],
  ])('%s', async (_, order, script, did, calls) => {
    const shop = aShop(script, order);
    shop.clock.forward(1_000);
    await shop.store.checks.hurry(MERCHANT, [order.id], shop.clock.now());
    expect(shop.dueInS()).toBe(0);
    expect(await shop.checkNow()).toBe(did);
    expect(shop.channel.calls.join(' ')).toBe(calls);
    expect(shop.dueInS()).toBeGreaterThan(0);
  });

  test('finds the payment whose notice was lost', async () => {
    const shop = aShop({ query: [PAID] }, showing());
    await shop.checkNow();
    expect(shop.order().status).toBe('PAID');
    expect(shop.dueInS()).toBeNull();
  });
});

describe('a code that is left of a sale that was paid under another number', () => {
  const later = { outTradeNo: 'a later number', tradeNo: '2', paidAt: null };
  const scanned = accepted(aFact({ ...later, state: 'awaiting_buyer' }));
  const closed = accepted(aFact({ ...later, state: 'closed' }));
  const paid = () => {
    const order = orderIn('PAID');
    return { ...order, payments: [...order.payments, aPayment({ outTradeNo: later.outTradeNo })] };
  };

  // biome-ignore format: a table
  test.each<[string, Script, string]>([
    ['scanned: closed before it is paid',     { query: [scanned], close: [accepted(null)] },      'query close'],
    ['closed by Alipay',                      { query: [closed] },                                'query'],
    ['no answer at first',                    { query: [UNKNOWN, NOT_SENT, closed] },             'query query query'],
  ])('%s', async (_, script, calls) => {
    const shop = aShop(script, paid());
    await shop.settle();
    expect(shop.channel.calls.join(' ')).toBe(calls);
    expect(shop.order()).toMatchObject({ status: 'PAID', payments: [{ status: 'SUCCEEDED' }, { status: 'CLOSED' }] });
  });

  test('not scanned: over here, and watched until nobody can pay it any more', async () => {
    const shop = aShop({ query: [NONE] }, paid());
    await shop.look();
    expect(shop.order().payments).toMatchObject([{ status: 'SUCCEEDED' }, { status: 'CLOSED', channelEnd: null }]);
    await shop.settle();
    expect(shop.clock.now()).toEqual(secondsAfterNoon(1_805));
    expect(shop.types()).toBe('payment.closed');
  });
});

describe('the check is put back', () => {
  test('for the next gap, wider each time it was in vain, narrow again once something happened', async () => {
    const shop = aShop({ query: [NONE, NONE, NONE, AWAITING, NONE] }, showing());
    const gaps: (number | null)[] = [shop.dueInS()];
    for (let i = 0; i < 4; i++) {
      await shop.look();
      gaps.push(shop.dueInS());
    }
    const [first = 0, second = 0, third = 0, fourth = 0, afterNews] = gaps.map(Number);
    expect(first).toBe(3);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
    expect(fourth).toBeGreaterThan(third);
    expect(afterNews).toBe(first);
  });

  test('never, when nothing is left', async () => {
    const shop = aShop({ query: [PAID] }, showing());
    await shop.look();
    expect(shop.store.checks.rows.size).toBe(0);
  });

  test('nowhere, when the order is gone or somebody else has set another time', async () => {
    const shop = aShop({ query: [NONE] }, showing());
    const taken = await shop.store.checks.takeOne(MERCHANT, shop.order().id);
    if (taken === undefined) throw new Error('no check');
    const other = { dueAt: secondsAfterNoon(1), lookedAt: NOON, tries: 0 };
    shop.store.checks.rows.set(shop.order().id, other);
    await checkOrder(shop.desk, taken);
    expect(shop.store.checks.rows.get(shop.order().id)).toEqual(other);
    expect(await checkOrder(shop.desk, { ...taken, orderId: 'gone' })).toBe('nothing');
  });

  test('what comes up between two looks moves the check: a code is asked for at the counter', async () => {
    const shop = aShop({ precreate: [accepted({ qrContent: 'code' })] });
    expect(shop.dueInS()).toBe(1_800);
    await precreateQrCode(shop.desk, shop.asked);
    expect(shop.dueInS()).toBe(3);
  });

  test('a question that changes nothing writes nothing', async () => {
    const shop = aShop({ query: [UNKNOWN, NOT_SENT, NONE] }, showing());
    for (let i = 0; i < 3; i++) await shop.look();
    expect(shop.types()).toBe('');
    expect(shop.store.recorded).toEqual([]);
  });
});

test('what is due goes before a question', async () => {
  const shop = aShop({ query: [NONE] }, showing());
  shop.clock.forward(1_800_000);
  expect(await shop.checkNow()).toBe('end');
});

describe('syncOrder asks now', () => {
  // biome-ignore format: a table
  test.each<[string, ReturnType<typeof anOrder>, Script, object, string]>([
    ['a payment that is open',     showing(),         { query: [PAID] },                                         { kind: 'order', order: { status: 'PAID' } },      'query'],
    ['one that nobody began',      showing(),         { query: [NONE] },                                         { kind: 'order', order: { status: 'PENDING' } },   'query'],
    ['the one that paid',          orderIn('PAID'),   { query: [PAID] },                                         { kind: 'order', order: { status: 'PAID' } },      'query'],
    ['nothing, where none began',  anOrder(),         {},                                                        { kind: 'order', order: { status: 'PENDING' } },   ''],
    ['in vain',                    showing(),         { query: [UNKNOWN] },                                      { kind: 'payment_unresolved' },                    'query'],
    ['nobody, who is away',        showing(),         { query: [NOT_SENT] },                                     { kind: 'channel_unavailable' },                   'query'],
    ['about a refund not yet sent', refunding(null),  { query: [PAID], refund: [accepted({ fundChange: true, totalFen: 999n, refundedAt: null })] }, { kind: 'order', order: { status: 'REFUNDED' } }, 'query refund'],
    ['about a refund, in its time', refunding(),      { query: [PAID] },                                         { kind: 'order', order: { status: 'PAID' } },      'query'],
  ])('%s', async (_, order, script, outcome, calls) => {
    const shop = aShop(script, order);
    expect(await syncOrder(shop.desk, shop.asked)).toMatchObject(outcome);
    expect(shop.channel.calls.join(' ')).toBe(calls);
  });

  test('about late money after the end', async () => {
    const shop = aShop({ query: [PAID] }, anOrder({ status: 'CANCELLED', payments: [aPayment({ status: 'CLOSED' })] }));
    expect(await syncOrder(shop.desk, shop.asked)).toMatchObject({
      order: { status: 'CANCELLED', cases: [{ kind: 'late' }] },
    });
  });

  test('of no order of ours', async () => {
    const { desk } = aShop();
    expect(await syncOrder(desk, { merchantId: 'another', ref: { id: 'none' } })).toEqual({ kind: 'order_not_found' });
  });
});
