import { describe, expect, test } from 'vitest';
import {
  gapAfter,
  isHopeless,
  LADDER_MS,
  LONGEST_RETRY_AFTER_MS,
  restAfter,
  retryAfterMs,
} from '../../src/deliveries/ladder.ts';

const NOW = new Date('2026-11-23T12:00:00.000Z');
const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];
const even = { ladderMs: LADDER_MS, jitter: () => 0 };

test('the ladder is that of Standard Webhooks, then it is given up', () => {
  const gaps = [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];
  expect(gaps.map((_, tries) => gapAfter(tries, even))).toEqual(gaps);
  expect(gapAfter(gaps.length, even)).toBeUndefined();
});

test('a gap is never shorter, and at most a tenth longer', () => {
  expect(gapAfter(2, { ...even, jitter: () => 1 })).toBe(5.5 * MINUTE);
  expect(gapAfter(2, { ...even, jitter: () => 0.5 })).toBe(5.25 * MINUTE);
});

// biome-ignore format: a table
test.each<[string | null, number]>([
  [null,                                 0],
  ['120',                                2 * MINUTE],
  ['0',                                  0],
  ['86400',                              LONGEST_RETRY_AFTER_MS],
  ['999999999',                          LONGEST_RETRY_AFTER_MS],
  ['Mon, 23 Nov 2026 12:01:00 GMT',      MINUTE],
  ['Mon, 23 Nov 2026 11:00:00 GMT',      0],
  ['Mon, 23 Nov 2099 12:00:00 GMT',      LONGEST_RETRY_AFTER_MS],
  ['-5',                                 0],
  ['soon',                               0],
  ['1e3',                                0],
  ['',                                   0],
])('Retry-After %j asks for %d ms', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms);
});

describe('a failing endpoint', () => {
  // biome-ignore format: a table
  test.each([
    [0, 0], [4, 0], [5, 5 * SECOND], [6, 10 * SECOND], [8, 40 * SECOND], [11, 5 * MINUTE], [5_000, 5 * MINUTE],
  ])('after %d failures in a row it rests %d ms', (failures, ms) => {
    expect(restAfter(failures)).toBe(ms);
  });

  // biome-ignore format: a table
  test.each<[Date | null, boolean]>([
    [null,                                       false],
    [NOW,                                        false],
    [new Date(NOW.getTime() - 5 * DAY + 1),      false],
    [new Date(NOW.getTime() - 5 * DAY),          true],
  ])('failing since %s it is hopeless: %s', (since, hopeless) => {
    expect(isHopeless(since, NOW)).toBe(hopeless);
  });
});
