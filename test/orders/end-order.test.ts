// A sale that runs out of time: closed at the channel first, then here, and watched while it can still be paid.
import { describe, expect, test } from 'vitest';
import { GRACE_MS, isOver } from '../../src/orders/order.ts';
import { accepted, NOT_SENT, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { aFact, anOrder, aPayment, OTHER_TRADE } from '../support/orders.ts';
import { aShop, secondsAfterNoon } from './shop.ts';

const LATER_PAID = accepted(aFact({ paidAt: secondsAfterNoon(1_801) }));
const PAID = accepted(aFact());
const AWAITING = accepted(aFact({ state: 'awaiting_buyer', paidAt: null }));
const CLOSED = accepted(aFact({ state: 'closed', paidAt: null }));
const NONE = rejectedWith('TRADE_NOT_EXIST');
const NOT_WAITING = rejectedWith('TRADE_STATUS_ERROR');

/** At its last moment: everything that the day's questions would have found is in the script. */
async function expiring(script: Script, order = anOrder({ payments: [aPayment()] })) {
  const shop = aShop(script, order);
  shop.store.checks.rows.set(order.id, { dueAt: order.expiresAt, lookedAt: order.createdAt, tries: 0 });
  return shop;
}

describe('at its expiry', () => {
  // biome-ignore format: a table
  test.each<[string, Script, string, string]>([
    ['nobody has scanned',          { query: [NONE] },                                        'CANCELLED', 'payment.closed order.cancelled'],
    ['a buyer is there',            { query: [AWAITING], close: [accepted(null)] },           'CANCELLED', 'payment.started payment.closed order.cancelled'],
    ['closed already',              { query: [CLOSED] },                                      'CANCELLED', 'payment.closed order.cancelled'],
    ['paid, and its notice lost',   { query: [PAID] },                                        'PAID',      'payment.succeeded'],
    ['paid at the last second',     { query: [AWAITING, PAID], close: [NOT_WAITING] },        'PAID',      'payment.started payment.succeeded'],
    ['nobody can say',              { query: [UNKNOWN] },                                     'PENDING',   ''],
    ['the channel is away',         { query: [NOT_SENT] },                                    'PENDING',   ''],
    ['it does not close',           { query: [AWAITING], close: [UNKNOWN] },                  'PENDING',   'payment.started'],
  ])('%s', async (_, script, status, types) => {
    const shop = await expiring(script);
    expect(await shop.look()).toBe('end');
    expect(shop.order().status).toBe(status);
    expect(shop.types()).toBe(types);
  });

  test('one that nobody has begun to pay ends without a call', async () => {
    const shop = aShop();
    expect(await shop.settle()).toEqual(['end']);
    expect(shop.clock.now()).toEqual(secondsAfterNoon(1_800));
    expect(shop.channel.calls).toEqual([]);
    expect(shop.store.events[0]?.data).toBe('{"reason":"expired"}');
  });

  test('what nobody could say is asked again until somebody can', async () => {
    const shop = await expiring({ query: [UNKNOWN, NOT_SENT, UNKNOWN, AWAITING], close: [UNKNOWN, accepted(null)] });
    const done = await shop.settle();
    expect(new Set(done)).toEqual(new Set(['end']));
    expect(shop.order().status).toBe('CANCELLED');
  });

  test('a lost notification costs seconds: the next question finds it', async () => {
    const shop = aShop({ query: [NONE, NONE, PAID] }, anOrder({ payments: [aPayment()] }));
    expect(await shop.settle()).toEqual(['ask', 'ask', 'ask']);
    expect(shop.order().status).toBe('PAID');
    expect(shop.clock.now().getTime()).toBeLessThanOrEqual(secondsAfterNoon(15).getTime());
  });
});

describe('an unscanned code stays payable', () => {
  const until = secondsAfterNoon(1_860);
  const order = () => anOrder({ payments: [aPayment({ payableUntil: until })] });

  test('watched until its time is up, then over for good', async () => {
    const shop = await expiring({ query: [NONE] }, order());
    await shop.look();
    expect(shop.order()).toMatchObject({ status: 'CANCELLED', payments: [{ status: 'CLOSED', channelEnd: null }] });
    expect(isOver(shop.order(), shop.clock.now())).toBe(false);
    const watched = await shop.settle();
    expect(new Set(watched)).toEqual(new Set(['ask']));
    expect(shop.clock.now().getTime()).toBe(until.getTime() + GRACE_MS);
    expect(isOver(shop.order(), shop.clock.now())).toBe(true);
    expect(shop.dueInS()).toBeNull();
  });

  test('closed at the channel it need not be watched', async () => {
    const shop = await expiring({ query: [AWAITING], close: [accepted(null)] }, order());
    await shop.look();
    expect(shop.dueInS()).toBeNull();
    expect(isOver(shop.order(), shop.clock.now())).toBe(true);
  });

  test('Alipay closes it by itself: it need not be watched any longer', async () => {
    const shop = await expiring({ query: [NONE, NONE, CLOSED] }, order());
    await shop.settle();
    expect(shop.clock.now().getTime()).toBeLessThan(until.getTime());
    expect(shop.order().payments).toMatchObject([{ status: 'CLOSED', channelEnd: 'closed' }]);
    expect(isOver(shop.order(), shop.clock.now())).toBe(true);
  });

  test('scanned all the same: closed at the channel before the buyer pays', async () => {
    const shop = await expiring({ query: [NONE, NONE, AWAITING], close: [accepted(null)] }, order());
    await shop.settle();
    expect(shop.channel.calls.join(' ')).toBe('query query query close');
    expect(shop.order()).toMatchObject({ status: 'CANCELLED', cases: [], payments: [{ channelEnd: 'closed' }] });
    expect(isOver(shop.order(), shop.clock.now())).toBe(true);
    expect(shop.dueInS()).toBeNull();
  });

  test('paid late, says the watch: a case, and the money goes back', async () => {
    const done = accepted({ fundChange: true, totalFen: 999n, refundedAt: null });
    const shop = await expiring({ query: [NONE, LATER_PAID], refund: [done] }, order());
    await shop.settle();
    expect(shop.order()).toMatchObject({
      status: 'CANCELLED',
      refundedFen: 0n,
      cases: [{ kind: 'late', state: 'REFUNDED' }],
      refunds: [{ status: 'SUCCEEDED', amountFen: 999n }],
    });
    expect(isOver(shop.order(), shop.clock.now())).toBe(true);
  });

  test('paid late, says the notice, twice over and by two trades: a case each', async () => {
    const shop = await expiring({ query: [NONE] }, order());
    await shop.look();
    for (const tradeNo of [aFact().tradeNo, OTHER_TRADE, aFact().tradeNo])
      await shop.hear(aFact({ tradeNo, paidAt: secondsAfterNoon(1_801) }));
    expect(shop.order().cases.map(({ kind }) => kind)).toEqual(['late', 'late']);
    expect(shop.order().status).toBe('CANCELLED');
    expect(isOver(shop.order(), shop.clock.now())).toBe(false);
  });
});
