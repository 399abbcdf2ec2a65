import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rateLimits } from '../../src/merchants/limits.ts';
import type { SharedLimits, SpentOf } from '../../src/merchants/ports.ts';
import { startLimitSharer } from '../../src/worker/limit-sharer.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const TILL = { merchantId: 'm', name: 'till' };

/** A process beside one that has taken what `theirs` says. */
function aProcess(shared: Partial<SharedLimits> = {}) {
  const limits = rateLimits(100, { now: () => new Date() });
  const asked: string[] = [];
  const sharer = startLimitSharer({
    limits,
    shared: {
      async add(spent) {
        asked.push(spent.map(({ limit, name }) => `${limit} ${name}`).join());
        return spent.map((one) => ({ ...one, seconds: one.seconds + 1.5 }));
      },
      async forget() {
        asked.push('forget');
      },
      ...shared,
    },
    log: pino({ level: 'silent' }),
  });
  const take = (times: number) =>
    Array.from({ length: times }, () => limits.credential.take(TILL)).filter((wait) => wait === 0).length;
  return { limits, sharer, asked, take };
}

test('while nobody is busy the database is asked nothing', async () => {
  const { sharer, asked, limits } = aProcess();
  for (let second = 0; second < 300; second++) {
    limits.credential.take(TILL);
    limits.merchant.take(TILL);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await sharer.stop();
  expect(asked).toEqual([]);
});

test('what a busy caller took is told once, and what others took is heard', async () => {
  const { sharer, asked, take } = aProcess();
  expect(take(40)).toBe(40);
  await vi.advanceTimersByTimeAsync(250);
  expect(asked).toEqual(['credential till']);
  // Of 200 at once 40 are gone here and 150 there.
  expect(take(200)).toBe(10);
  await vi.advanceTimersByTimeAsync(250);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked).toEqual(['credential till', 'forget']);
  await sharer.stop();
});

test('a database that fails, or never answers, stops nobody and is asked again later', async () => {
  let down = true;
  const { sharer, take } = aProcess({
    add: async (spent: readonly SpentOf[]) => {
      if (down) throw new Error('gone');
      return spent;
    },
  });
  expect(take(60)).toBe(60);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(take(100)).toBe(100);
  down = false;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(take(200)).toBe(200);
  await sharer.stop();

  const hung = aProcess({ add: () => new Promise(() => undefined) });
  expect(hung.take(60)).toBe(60);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(hung.take(200)).toBe(200);
});
