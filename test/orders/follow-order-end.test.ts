import { describe, expect, test } from 'vitest';
import { GRACE_MS, type OrderStatus } from '../../src/orders/order.ts';
import { aCase, aPayment, TRADE } from '../support/orders.ts';

import { rest, shop, take } from './followed.ts';

describe('following ends', () => {
  // biome-ignore format: a table
  test.each<[OrderStatus, bigint]>([
    ['REFUNDED',  999n],
    ['RETURNED',  999n],
    ['CANCELLED', 0n],
  ])('by itself after %s of %d fen, also for who comes later', async (status, refundedFen) => {
    const { follow, happen, wake, wakeUps } = shop(1);
    const live = rest(follow(0));
    happen({ status, refundedFen });
    wake();
    expect(await live).toEqual([1, 2]);
    expect(await rest(follow(null))).toEqual([2]);
    expect(await rest(follow(2))).toEqual([]);
    expect(wakeUps.size).toBe(0);
  });

  test('not after RETURNED while money is still to come back', async () => {
    const { follow, happen, wake } = shop(1);
    const live = rest(follow(0));
    happen({ status: 'RETURNED', refundedFen: 1n });
    wake();
    happen({ refundedFen: 999n });
    wake();
    expect(await live).toEqual([1, 2, 3]);
  });

  test("after CANCELLED only once its code can't be paid any more, by the next look, with no event", async () => {
    const { follow, happen, wake, clock } = shop(1);
    const live = rest(follow(0));
    happen({ status: 'CANCELLED', payments: [aPayment({ status: 'CLOSED' })] });
    wake();
    const early = follow(1);
    expect(await take(early, 1)).toEqual([2]);
    clock.forward(30 * 60_000);
    const late = follow(2);
    const waiting = late.next();
    wake();
    await new Promise(setImmediate);
    clock.forward(GRACE_MS);
    wake();
    expect(await live).toEqual([1, 2]);
    expect(await waiting).toMatchObject({ done: true });
    expect(await rest(early)).toEqual([]);
  });

  test('after CANCELLED at once when Alipay has closed its code', async () => {
    const { follow, happen } = shop(1);
    happen({ status: 'CANCELLED', payments: [aPayment({ status: 'CLOSED', channelEnd: 'closed' })] });
    expect(await rest(follow(0))).toEqual([1, 2]);
  });

  test('not while late money is open: it is told of the refund, and ends then', async () => {
    const { follow, happen, wake } = shop(1);
    const payments = [aPayment({ status: 'SUCCEEDED', tradeNo: TRADE })];
    happen({ status: 'CANCELLED', payments, cases: [aCase()] });
    const events = follow(0);
    expect(await take(events, 2)).toEqual([1, 2]);
    const coming = rest(events);
    happen();
    wake();
    happen({ cases: [aCase({ state: 'REFUNDED' })] });
    wake();
    expect(await coming).toEqual([3, 4]);
  });

  test('not when late money is kept: the order is paid, and goes on', async () => {
    const { follow, happen, wake } = shop(1);
    happen({ status: 'CANCELLED', cases: [aCase()] });
    const events = follow(1);
    expect(await take(events, 1)).toEqual([2]);
    const coming = rest(events);
    happen({ status: 'PAID', cases: [aCase({ state: 'ACCEPTED' })] });
    wake();
    happen({ status: 'REFUNDED', refundedFen: 999n });
    wake();
    expect(await coming).toEqual([3, 4]);
  });

  test('not before the last event was read, when the order was over faster', async () => {
    const { follow, happen, wake, hooks } = shop(1);
    hooks.betweenReads = () => {
      hooks.betweenReads = undefined;
      happen({ status: 'REFUNDED', refundedFen: 999n });
      wake();
    };
    expect(await rest(follow(null))).toEqual([1, 2]);
  });

  test('at once by return() while it waits, and the listener is forgotten', async () => {
    const { follow, wakeUps } = shop(1);
    const events = follow(null);
    await take(events, 1);
    const waiting = events.next();
    expect(wakeUps.size).toBe(1);
    expect(await events.return?.()).toMatchObject({ done: true });
    expect(await waiting).toMatchObject({ done: true });
    expect(wakeUps.size).toBe(0);
  });

  test('by return() before anything was asked for', async () => {
    const { follow, wakeUps } = shop(1);
    const events = follow(null);
    expect(wakeUps.size).toBe(1);
    await events.return?.();
    expect(wakeUps.size).toBe(0);
    expect(await events.next()).toMatchObject({ done: true });
  });
});
