import { describe, expect, test, vi } from 'vitest';
import { changeOrder, type Decided } from '../../src/orders/change-order.ts';
import { draftOf, putEvent } from '../../src/orders/draft.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import { Turns } from '../../src/orders/turns.ts';
import { memoryStore } from '../support/memory-ports.ts';
import { anOrder, at, standingClock } from '../support/orders.ts';

function setting(order = anOrder()) {
  const orders = memoryStore(order);
  const clock = standingClock();
  return { order, orders, clock, needs: { orders, clock, turns: new Turns(), pace: { checkIntervalMs: 3_000 } } };
}

function noted(order: WholeOrder): Decided<number> {
  return {
    draft: putEvent(draftOf(order), at(), { type: 'payment.unknown', data: {} }),
    evidence: null,
    outcome: order.version,
  };
}

describe('a change', () => {
  test('is written once; the decision sees what was read', async () => {
    const { order, orders, needs } = setting();
    expect(await changeOrder(needs, order, noted)).toBe(1);
    expect(orders.orders.get(order.id)?.version).toBe(2);
  });

  test('that changes nothing is not written', async () => {
    const { order, orders, needs } = setting();
    orders.losing = 1;
    const nothing = (one: WholeOrder) => ({ draft: draftOf(one), evidence: null, outcome: 'as it was' });
    expect(await changeOrder(needs, order, nothing)).toBe('as it was');
    expect(orders.losing).toBe(1);
  });

  test('that lost the race is decided again from what is there now', async () => {
    const { order, orders, needs } = setting();
    orders.orders.set(order.id, { ...order, version: 5 });
    expect(await changeOrder(needs, order, noted)).toBe(5);
    expect(orders.events.map(({ version }) => version)).toEqual([6]);
  });

  test('that loses three times in a row wins in the end', async () => {
    const { order, orders, needs } = setting();
    orders.losing = 3;
    expect(await changeOrder(needs, order, noted)).toBe(1);
    expect(orders.events).toHaveLength(1);
  });

  test('that goes on losing for 3 seconds is a fault; the clock that decisions go by may jump meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    try {
      const { order, orders, clock, needs } = setting();
      orders.losing = Number.POSITIVE_INFINITY;
      let tries = 0;
      let fault: unknown;
      const losing = changeOrder(needs, order, (one) => {
        tries += 1;
        clock.forward(3_600_000);
        return noted(one);
      }).catch((error: unknown) => {
        fault = error;
      });
      await vi.advanceTimersByTimeAsync(2_950);
      expect(fault).toBeUndefined();
      await vi.advanceTimersByTimeAsync(100);
      await losing;
      expect(fault).toMatchObject({ message: expect.stringContaining('stayed contended for 3000 ms') });
      expect(tries).toBeGreaterThan(3_000 / 40);
      expect(orders.events).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('of an order that has vanished is a fault', async () => {
    const { order, orders, needs } = setting();
    orders.orders.clear();
    await expect(changeOrder(needs, order, noted)).rejects.toThrow('has vanished');
  });
});

test('50 at once queue up here instead of racing in the store: none is stale, none is lost', async () => {
  const { order, orders, needs } = setting();
  let writes = 0;
  const counted = {
    ...orders,
    write: (change: Parameters<typeof orders.write>[0]) => {
      writes += 1;
      return orders.write(change);
    },
  };
  const seen = await Promise.all(
    Array.from({ length: 50 }, () => changeOrder({ ...needs, orders: counted }, order, noted)),
  );
  expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  expect(writes).toBe(50);
  expect(orders.events.map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_, i) => i + 2));
});
