import { expect, test } from 'vitest';
import { rateLimit } from '../../src/merchants/rate-limit.ts';

function walkingClock() {
  let ms = 1_000_000;
  return { now: () => new Date(ms), walk: (by: number) => (ms += by) };
}

test('a burst of twice the rate passes, the next one waits, and time refills', () => {
  const clock = walkingClock();
  const limit = rateLimit(10, clock);
  expect(Array.from({ length: 20 }, () => limit('a')).every((wait) => wait === 0)).toBe(true);
  expect(limit('a')).toBe(1);
  clock.walk(100);
  expect([limit('a'), limit('a')]).toEqual([0, 1]);
  clock.walk(60_000);
  expect(Array.from({ length: 21 }, () => limit('a')).filter((wait) => wait > 0)).toHaveLength(1);
});

test("one caller's haste is not another's wait", () => {
  const limit = rateLimit(1, walkingClock());
  expect([limit('a'), limit('a'), limit('a'), limit('b')]).toEqual([0, 0, 1, 0]);
});

test('0 switches it off; a clock that goes back gives nothing away', () => {
  const free = rateLimit(0, walkingClock());
  expect(Array.from({ length: 1_000 }, () => free('a')).every((wait) => wait === 0)).toBe(true);
  const clock = walkingClock();
  const limit = rateLimit(1, clock);
  limit('a');
  limit('a');
  clock.walk(-5_000);
  expect(limit('a')).toBe(1);
});
