import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import { rest, shop, take } from './followed.ts';

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

  test('gets what its own process writes without a read', async () => {
    const { follow, happenHere, wake, reading } = shop(1);
    const events = follow(0);
    expect(await take(events, 1)).toEqual([1]);
    expect(reading.times).toBe(1);
    const next = take(events, 2);
    happenHere({});
    await delay(1);
    happenHere({ status: 'PAID' });
    expect(await next).toEqual([2, 3]);
    expect(reading.times).toBe(1);
    const later = take(events, 1);
    wake();
    happenHere({});
    expect(await later).toEqual([4]);
    await events.return?.();
  });

  test('gets a change of two events whole, and reads after one of none', async () => {
    const { follow, happen, happenHere, reading } = shop(1);
    const events = follow(0);
    await take(events, 1);
    happenHere({}, { status: 'PAID' });
    expect(await take(events, 2)).toEqual([2, 3]);
    expect(reading.times).toBe(1);
    happen();
    happenHere();
    expect(await take(events, 1)).toEqual([4]);
    await events.return?.();
  });

  test('reads when what its own process wrote is not the very next, and when it was slow', async () => {
    const { follow, happen, happenHere, reading } = shop(1);
    const events = follow(0);
    await take(events, 1);
    happen();
    happenHere({});
    expect(await take(events, 2)).toEqual([2, 3]);
    expect(reading.times).toBe(2);
    for (let i = 0; i < 5; i++) happenHere({});
    expect(await take(events, 5)).toEqual([4, 5, 6, 7, 8]);
    expect(reading.times).toBe(3);
    await events.return?.();
  });

  test.each([null, 1, 2])(
    'after %s: what its own process writes while it reads is not lost and not doubled',
    async (after) => {
      const { follow, happenHere, hooks } = shop(2);
      const events = follow(after);
      hooks.betweenReads = () => {
        hooks.betweenReads = undefined;
        happenHere({});
      };
      const seen = take(events, after === 2 ? 2 : 3);
      await delay(1);
      happenHere({});
      expect(await seen).toEqual([2, 3, 4].slice(after === 2 ? 1 : 0));
      await events.return?.();
    },
  );

  test('what its own process writes for another merchant is not handed over', async () => {
    const { follow, happenHere } = shop(1);
    const events = follow(1, 'another');
    const heard = rest(events);
    // Until it has read and waits.
    await new Promise(setImmediate);
    happenHere({});
    await new Promise(setImmediate);
    await events.return?.();
    expect(await heard).toEqual([]);
  });

  test('ends with what its own process writes, too', async () => {
    const { follow, happenHere } = shop(1);
    const events = follow(0);
    await take(events, 1);
    const left = rest(events);
    happenHere({ status: 'REFUNDED' });
    expect(await left).toEqual([2]);
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

  test('who met a database that was away looks again by itself, though nobody wakes it', async () => {
    const { follow, happen, hooks } = shop(1);
    hooks.betweenReads = () => {
      hooks.betweenReads = undefined;
      throw new Error('the database is away');
    };
    const events = follow(0);
    const seen = take(events, 2);
    happen();
    expect(await seen).toEqual([1, 2]);
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
    const { follow, wakeUps, happen, wake } = shop(1);
    const events = follow(null, 'another');
    const heard = rest(events);
    happen();
    wake();
    await new Promise(setImmediate);
    await events.return?.();
    expect(await heard).toEqual([]);
    expect(wakeUps.size).toBe(0);
  });
});
