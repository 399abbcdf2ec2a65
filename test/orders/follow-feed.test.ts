import { expect, test } from 'vitest';
import type { OrderEvent } from '../../src/orders/event.ts';
import type { Feed } from '../../src/orders/feed.ts';
import { followFeed, LostPlace } from '../../src/orders/follow-feed.ts';
import { WakeUps } from '../../src/orders/wake-ups.ts';
import { memoryFeed } from '../support/memory-feed.ts';
import { anEvent, anOrder, MERCHANT } from '../support/orders.ts';

function merchant(count: number, pruned = 0) {
  const events: OrderEvent[] = [];
  const order = anOrder();
  const wakeUps = new WakeUps();
  const faults: unknown[] = [];
  const hooks: { beforeRead?: (() => void) | undefined } = {};
  const happen = () => events.push(anEvent(order, events.length + 1));
  for (let n = 0; n < count; n += 1) happen();
  const kept = memoryFeed(events, pruned);
  const feed: Pick<Feed, 'read'> = {
    async read(merchantId, asked) {
      hooks.beforeRead?.();
      const page = await kept.read(merchantId, asked);
      return page;
    },
  };
  const follow = (after: number) =>
    followFeed({ feed, wakeUps, onFault: (error) => faults.push(error) }, { merchantId: MERCHANT, after });
  return { happen, follow, hooks, faults, wakeUps, wake: () => wakeUps.wake([MERCHANT]) };
}

async function take(events: AsyncIterator<{ position: number }>, count: number): Promise<number[]> {
  const positions: number[] = [];
  for (let n = 0; n < count; n += 1) positions.push((await events.next()).value.position);
  return positions;
}

test('everything behind the cursor comes in order, a hundred at a time, then what happens', async () => {
  const { follow, happen, wake } = merchant(250);
  const events = follow(20);
  expect(await take(events, 230)).toEqual(Array.from({ length: 230 }, (_, n) => n + 21));
  const next = take(events, 2);
  happen();
  happen();
  wake();
  expect(await next).toEqual([251, 252]);
});

test('what happens between listening and waiting is not missed', async () => {
  const { follow, happen, wake, hooks } = merchant(1);
  const events = follow(1);
  hooks.beforeRead = () => {
    hooks.beforeRead = undefined;
    setImmediate(() => {
      happen();
      wake();
    });
  };
  expect(await take(events, 1)).toEqual([2]);
});

test('a feed that can’t be read is read again at the next wake-up', async () => {
  const { follow, hooks, faults, wake } = merchant(1);
  hooks.beforeRead = () => {
    hooks.beforeRead = undefined;
    setImmediate(wake);
    throw new Error('away');
  };
  expect(await take(follow(0), 1)).toEqual([1]);
  expect(faults).toHaveLength(1);
});

test.each([
  ['behind which events are gone', 2],
  ['that this feed never reached', 6],
])('a place %s is lost, and nobody is left listening', async (_, after) => {
  const { follow, wakeUps } = merchant(5, 3);
  await expect(follow(after).next()).rejects.toBeInstanceOf(LostPlace);
  expect(wakeUps.size).toBe(0);
});

test('who leaves while waiting is not left listening', async () => {
  const { follow, wakeUps } = merchant(0);
  const events = follow(0);
  const waiting = events.next();
  expect(wakeUps.size).toBe(1);
  await events.return?.();
  expect((await waiting).done).toBe(true);
  expect(wakeUps.size).toBe(0);
});
