import { describe, expect, test } from 'vitest';
import { cancelOrder } from '../../src/orders/cancel-order.ts';
import type { PaymentMethod } from '../../src/orders/payment.ts';
import { accepted, NOT_SENT, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { aFact, anOrder, aPayment, orderIn } from '../support/orders.ts';
import { aShop } from './shop.ts';

const PAID = accepted(aFact());
const AWAITING = accepted(aFact({ state: 'awaiting_buyer', paidAt: null }));
const CLOSED = accepted(aFact({ state: 'closed', paidAt: null }));
const NONE = rejectedWith('TRADE_NOT_EXIST');
const NOT_WAITING = rejectedWith('TRADE_STATUS_ERROR');

function aDay(script: Script = {}, order = anOrder()) {
  const shop = aShop(script, order);
  return { ...shop, cancel: (reason: string | null = null) => cancelOrder(shop.desk, { ...shop.asked, reason }) };
}

const showing = (method: PaymentMethod = 'QR_CODE') => anOrder({ payments: [aPayment({ method })] });
const CANCELLED = { kind: 'order', order: { status: 'CANCELLED' } };
const TOO_LATE = { kind: 'illegal_transition', from: 'PAID', to: 'cancelled' };

describe('cancelOrder closes at the channel first, then here', () => {
  // biome-ignore format: a table
  test.each<[string, Script, object, string, string]>([
    // what Alipay says            script                                                        outcome                            calls                      events
    ['nobody has scanned',         { query: [NONE] },                                            CANCELLED,                         'query',                   'payment.closed order.cancelled'],
    ['a buyer is there',           { query: [AWAITING], close: [accepted(null)] },               CANCELLED,                         'query close',             'payment.started payment.closed order.cancelled'],
    ['closed already',             { query: [CLOSED] },                                          CANCELLED,                         'query',                   'payment.closed order.cancelled'],
    ['paid already',               { query: [PAID] },                                            TOO_LATE,                          'query',                   'payment.succeeded'],
    ['paid at the last second',    { query: [AWAITING, PAID], close: [NOT_WAITING] },            TOO_LATE,                          'query close query',       'payment.started payment.succeeded'],
    ['closed at the last second',  { query: [AWAITING, CLOSED], close: [NOT_WAITING] },          CANCELLED,                         'query close query',       'payment.started payment.closed order.cancelled'],
    ['the close got lost',         { query: [AWAITING, CLOSED], close: [UNKNOWN] },              CANCELLED,                         'query close query',       'payment.started payment.closed order.cancelled'],
    ['it does not close',          { query: [AWAITING], close: [UNKNOWN] },                      { kind: 'payment_unresolved' },    'query close query close', 'payment.started'],
    ['nobody can say',             { query: [UNKNOWN] },                                         { kind: 'payment_unresolved' },    'query',                   ''],
    ['the channel is away',        { query: [NOT_SENT] },                                        { kind: 'channel_unavailable' },   'query',                   ''],
    ['another amount was paid',    { query: [accepted(aFact({ amountFen: 1n }))] },              CANCELLED,                         'query',                   'case.opened payment.closed order.cancelled'],
  ])('%s', async (_, script, outcome, calls, types) => {
    const day = aDay(script, showing());
    expect(await day.cancel()).toMatchObject(outcome);
    expect(day.channel.calls.join(' ')).toBe(calls);
    expect(day.types()).toBe(types);
  });

  test('one that nobody has begun to pay is cancelled without a call; its reason is kept', async () => {
    const day = aDay();
    expect(await day.cancel('the buyer left')).toMatchObject(CANCELLED);
    expect(day.channel.calls).toEqual([]);
    expect(day.store.events[0]?.data).toBe('{"note":"the buyer left","reason":"cancelled"}');
    expect(day.dueInS()).toBeNull();
  });

  test('asked again it stays cancelled, with no call and no event', async () => {
    const day = aDay({ query: [NONE] }, showing());
    await day.cancel();
    expect(await day.cancel()).toMatchObject(CANCELLED);
    expect(day.channel.calls).toEqual(['query']);
    expect(day.types()).toBe('payment.closed order.cancelled');
  });

  test('a scanned payment code in doubt is not closed from under the buyer', async () => {
    const day = aDay({}, showing('AUTH_CODE'));
    expect(await day.cancel()).toEqual({ kind: 'payment_unresolved' });
  });

  test.each(['PAID', 'SHIPPING', 'COMPLETED', 'REFUNDED', 'RETURNED'] as const)('%s is too far', async (status) => {
    expect(await aDay({}, orderIn(status)).cancel()).toMatchObject({ kind: 'illegal_transition', from: status });
  });

  test('a payment that began meanwhile is left alone', async () => {
    const day = aDay();
    const order = day.order();
    day.store.losing = 0;
    const find = day.store.find.bind(day.store);
    day.store.find = async (...asked) => {
      const found = await find(...asked);
      day.store.orders.set(order.id, { ...order, version: 2, payments: [aPayment({ method: 'AUTH_CODE' })] });
      day.store.find = find;
      return found;
    };
    expect(await day.cancel()).toEqual({ kind: 'payment_unresolved' });
    expect(day.order().status).toBe('PENDING');
  });

  test('the notice of the payment overtakes the close: paid', async () => {
    const day = aDay(
      {
        query: [AWAITING],
        close: [
          async () => {
            await day.hear(aFact());
            return accepted(null);
          },
        ],
      },
      showing(),
    );
    expect(await day.cancel()).toMatchObject(TOO_LATE);
    expect(day.order()).toMatchObject({ status: 'PAID', cases: [] });
  });

  test('no reason, a long one, and none of ours', async () => {
    expect(await aDay().cancel(' ')).toMatchObject({ kind: 'invalid_input', field: 'reason' });
    expect(await aDay().cancel('x'.repeat(257))).toMatchObject({ kind: 'invalid_input', field: 'reason' });
    const { desk, asked } = aDay();
    expect(await cancelOrder(desk, { ...asked, merchantId: 'another', reason: null })).toEqual({
      kind: 'order_not_found',
    });
  });
});
