import { expect, test } from 'vitest';
import { estimate, median, type Verdict, verdictOn } from '../../bench/report/statistics.ts';

test('the median of an even number of values lies between the middle two', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('the interval holds the median, lies within the values, and is the same each time', () => {
  const values = [0.8, 0.95, 0.9, 1.1, 0.85, 0.92, 0.97];
  const { median: middle, low, high } = estimate(values);
  expect(middle).toBe(0.92);
  expect(low).toBeGreaterThanOrEqual(0.8);
  expect(low).toBeLessThan(0.92);
  expect(high).toBeGreaterThan(0.92);
  expect(high).toBeLessThanOrEqual(1.1);
  expect(estimate(values)).toEqual(estimate(values));
});

test.each<[rounds: number[], bar: number, verdict: Verdict]>([
  [[0.95, 0.96, 0.94, 0.97, 0.95], 0.9, 'met'],
  [[0.8, 0.82, 0.81, 0.79, 0.8], 0.9, 'missed'],
  [[0.8, 0.95, 0.88, 0.99, 0.91], 0.9, 'undecided'], // the interval holds the bar
  [[0.95, 0.96, 0.94], 0.9, 'undecided'], // three rounds decide nothing
])('%j against %f: %s', (rounds, bar, verdict) => {
  expect(verdictOn(estimate(rounds), bar)).toBe(verdict);
});
