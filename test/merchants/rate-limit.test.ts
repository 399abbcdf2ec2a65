import { expect, test } from 'vitest';
import { rateLimits } from '../../src/merchants/limits.ts';
import { type RateLimit, rateLimit, type Spent } from '../../src/merchants/rate-limit.ts';

const A = { merchantId: 'm', name: 'a' };
const B = { merchantId: 'm', name: 'b' };

function walkingClock() {
  let ms = 1_000_000;
  return { now: () => new Date(ms), walk: (by: number) => (ms += by) };
}

/** How many of so many requests pass. */
const passed = (limit: RateLimit, requests: number, who = A) =>
  Array.from({ length: requests }, () => limit.take(who)).filter((wait) => wait === 0).length;

test('a burst of twice the rate passes, the next one waits, and time refills', () => {
  const clock = walkingClock();
  const limit = rateLimit(10, clock);
  expect(passed(limit, 20)).toBe(20);
  expect(limit.take(A)).toBe(1);
  clock.walk(100);
  expect([limit.take(A), limit.take(A)]).toEqual([0, 1]);
  clock.walk(60_000);
  expect(passed(limit, 30)).toBe(20);
});

test("one caller's haste is not another's wait, not even under the same name elsewhere", () => {
  const limit = rateLimit(1, walkingClock());
  expect(passed(limit, 3)).toBe(2);
  expect([limit.take(B), limit.take({ merchantId: 'n', name: 'a' })]).toEqual([0, 0]);
});

test('0 switches every limit off; a clock that goes back gives nothing away', () => {
  for (const limit of Object.values(rateLimits(0, walkingClock()))) {
    for (let n = 0; n < 1_000; n++) limit.owe(A);
    expect(passed(limit, 1_000)).toBe(1_000);
    expect(limit.tell()).toEqual([]);
  }
  const clock = walkingClock();
  const limit = rateLimit(1, clock);
  expect(passed(limit, 2)).toBe(2);
  clock.walk(-5_000);
  expect(limit.take(A)).toBe(1);
});

test('every limit lets something pass, however small the rate', () => {
  for (const limit of Object.values(rateLimits(1, walkingClock()))) expect(limit.take(A)).toBe(0);
});

test('what happened without leave is owed, up to a full allowance', () => {
  const clock = walkingClock();
  const limit = rateLimit(10, clock);
  for (let n = 0; n < 1_000; n++) limit.owe(A);
  expect(limit.waitOf(A)).toBe(3);
  clock.walk(2_100);
  expect(passed(limit, 5)).toBe(1);
});

/** The other processes' end of it: what comes back in how many seconds, as PostgreSQL keeps it. */
function sharedBetween(...limits: RateLimit[]) {
  const seconds = new Map<string, number>();
  const tell = () => {
    for (const limit of limits)
      for (const spent of limit.tell()) {
        const all = (seconds.get(spent.name) ?? 0) + spent.seconds;
        seconds.set(spent.name, all);
        limit.hear({ ...spent, seconds: all });
      }
  };
  const pass = (by: number) => {
    for (const [name, left] of seconds) seconds.set(name, Math.max(0, left - by));
  };
  return { tell, pass };
}

test('two processes keep a limit together: each its burst, then the rate once', () => {
  const clock = walkingClock();
  const [here, there] = [rateLimit(100, clock), rateLimit(100, clock)];
  const shared = sharedBetween(here, there);
  let all = 0;
  for (let quarter = 0; quarter < 40; quarter++) {
    all += passed(here, 500) + passed(there, 500);
    shared.tell();
    clock.walk(250);
    shared.pass(0.25);
  }
  // 10 s at 100 a second, a burst of 200 each, a tenth that each keeps to itself, and the last half second.
  expect(all).toBeGreaterThan(1_000);
  expect(all).toBeLessThanOrEqual(1_000 + 2 * 200 + 2 * 100 + 50);
});

test('who takes a tenth of the rate here is told to nobody; who takes more, soon', () => {
  const clock = walkingClock();
  const limit = rateLimit(100, clock);
  const told: Spent[] = [];
  const eachSecond = (requests: number) => {
    for (let n = 0; n < requests; n++) {
      limit.take(A);
      clock.walk(1_000 / requests);
    }
    told.push(...limit.tell());
  };
  for (let second = 0; second < 60; second++) eachSecond(10);
  expect(told).toEqual([]);
  eachSecond(60);
  expect(told).toMatchObject([{ merchantId: 'm', name: 'a' }]);
  expect(told[0]?.seconds).toBeGreaterThan(0.25);
  expect(limit.tell()).toEqual([]);
});

test('one that was forgotten in a flood and came back is told once', () => {
  const limit = rateLimit(10, walkingClock());
  const busy = () => passed(limit, 5);
  busy();
  for (let n = 0; n < 20_001; n += 1) limit.take({ merchantId: 'm', name: `other ${n}` });
  busy();
  expect(limit.tell()).toEqual([{ ...A, seconds: 1 }]);
});
