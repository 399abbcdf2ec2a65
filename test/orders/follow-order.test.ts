import { describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../src/orders/event.ts';
import { type Followed, followOrder } from '../../src/orders/follow-order.ts';
import type { OrderStatus, WholeOrder } from '../../src/orders/order.ts';
import { WakeUps } from '../../src/orders/wake-ups.ts';
import { anEvent, anOrder, MERCHANT } from '../support/orders.ts';

/** An order whose log grows; `after` runs when an answer has been read and before it is handed on. */
function shop(versions: number) {
  const wakeUps = new WakeUps();
  const events: OrderEvent[] = [];
  const hooks: { betweenReads?: (() => void) | undefined } = {};
  let order: WholeOrder = anOrder();
  const happen = (fields: { status?: OrderStatus; refundedFen?: bigint } = {}) => {
    order = { ...order, ...fields, version: events.length + 1 };
    events.push(anEvent(order, order.version, { status: order.status }));
  };
  for (let i = 0; i < versions; i++) happen();
  const reads = {
    async eventsAfter(_merchantId: string, _orderId: string, after: { version: number; limit: number }) {
      const found = events.filter(({ version }) => version > after.version).slice(0, after.limit);
      hooks.betweenReads?.();
      return found;
    },
    async latestEvent() {
      const found = events.at(-1);
      hooks.betweenReads?.();
      return found;
    },
    orderRow: async (merchantId: string) => (merchantId === MERCHANT ? order : undefined),
    ordersByIds: absent,
    paymentsOf: absent,
    refundsOf: absent,
    eventsOf: absent,
    paymentById: absent,
    refundById: absent,
    page: absent,
  };
  const follow = (after: number | null, merchantId = MERCHANT) =>
    followOrder({ reads, wakeUps, onFault: () => undefined }, { merchantId, orderId: order.id, after });
  return { wakeUps, hooks, happen, follow, wake: () => wakeUps.wake([order.id]) };
}

async function absent(): Promise<never> {
  throw new Error('following asks for nothing else');
}

async function take(events: AsyncIterableIterator<Followed>, count: number): Promise<number[]> {
  const versions: number[] = [];
  for (let i = 0; i < count; i++) versions.push((await events.next()).value.event.version);
  return versions;
}

async function rest(events: AsyncIterable<Followed>): Promise<number[]> {
  const versions: number[] = [];
  for await (const { event } of events) versions.push(event.version);
  return versions;
}

describe('a follower', () => {
  test('without `after` gets the present state at once, then what happens', async () => {
    const { follow, happen, wake } = shop(3);
    const events = follow(null);
    expect(await take(events, 1)).toEqual([3]);
    const next = take(events, 2);
    happen();
    happen();
    wake();
    expect(await next).toEqual([4, 5]);
    await events.return?.();
  });

  test('with `after` gets every later event, in order, then what happens', async () => {
    const { follow, happen, wake } = shop(4);
    const events = follow(1);
    expect(await take(events, 3)).toEqual([2, 3, 4]);
    const next = take(events, 1);
    happen();
    wake();
    expect(await next).toEqual([5]);
    await events.return?.();
  });

  test('who missed a thousand gets them all, a hundred at a time', async () => {
    const { follow, happen } = shop(1_000);
    happen({ status: 'REFUNDED' });
    expect(await rest(follow(0))).toEqual(Array.from({ length: 1_001 }, (_, i) => i + 1));
  });

  test.each([null, 0, 1])(
    'after %s: what happens between listening and reading, or between two reads, is not lost',
    async (after) => {
      const { follow, happen, wake, hooks } = shop(1);
      const events = follow(after);
      happen();
      wake();
      hooks.betweenReads = () => {
        hooks.betweenReads = undefined;
        happen({ status: 'PAID' });
        wake();
      };
      const versions = await take(events, after === null ? 2 : 3 - after);
      expect(versions).toEqual([1, 2, 3].slice(-versions.length));
      await events.return?.();
    },
  );

  test('who is slow misses nothing and gets nothing twice', async () => {
    const { follow, happen, wake } = shop(1);
    const events = follow(0);
    expect(await take(events, 1)).toEqual([1]);
    for (let i = 0; i < 20; i++) {
      happen();
      wake();
    }
    expect(await take(events, 20)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
    await events.return?.();
  });

  test('sees the order at least as new as the event', async () => {
    const { follow, happen, hooks } = shop(1);
    const events = follow(null);
    hooks.betweenReads = () => happen({ status: 'PAID' });
    const { value } = await events.next();
    expect(value.event.version).toBe(1);
    expect(value.order).toMatchObject({ status: 'PAID', version: 2 });
    await events.return?.();
  });

  test('rides through a database that is away: the next wake-up reads what was missed', async () => {
    const { follow, wake, happen, hooks } = shop(1);
    const events = follow(0);
    expect(await take(events, 1)).toEqual([1]);
    hooks.betweenReads = () => {
      hooks.betweenReads = undefined;
      throw new Error('the database is away');
    };
    const coming = take(events, 1);
    happen();
    wake();
    await new Promise(setImmediate);
    wake();
    expect(await coming).toEqual([2]);
    await events.return?.();
  });

  test('of an order that is not there, or not his, gets nothing', async () => {
    const { follow, wakeUps } = shop(1);
    expect(await rest(follow(null, 'another'))).toEqual([]);
    expect(wakeUps.size).toBe(0);
  });
});

describe('following ends', () => {
  // biome-ignore format: a table
  test.each<[OrderStatus, bigint]>([
    ['REFUNDED', 999n],
    ['RETURNED', 999n],
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
