import { expect, test } from 'vitest';
import { readOptions } from '../../bench/options.ts';

test('by itself it plays a match of three, five rounds long', () => {
  expect(readOptions([])).toMatchObject({
    parts: ['match'],
    contenders: ['gateway', 'limit', 'tutorial'],
    rounds: 5,
    check: false,
  });
});

test('with old orders it plays the gateway against itself', () => {
  expect(readOptions(['--preload', '10000000'])).toMatchObject({
    preload: 10_000_000,
    contenders: ['gateway', 'grown'],
  });
});

test('the check is short, and plays what has a floor', () => {
  const { workloads, rounds, seconds } = readOptions(['--check']);
  expect(workloads).toEqual(['createOrder', 'sell', 'notification', 'order']);
  expect(workloads.length * 3 * (rounds * seconds + 1)).toBeLessThan(40);
});

test('workloads keep the order in which a round plays them', () => {
  expect(readOptions(['--only', 'order,createOrder']).workloads).toEqual(['createOrder', 'order']);
});

test.each([
  [['--rounds', '0'], '--rounds is 0, expected a whole number from 1 to 100'],
  [['--rounds', '1.5'], '--rounds is 1.5, expected a whole number from 1 to 100'],
  [['--sockets', '10,'], '--sockets is , expected a whole number from 1 to 50000'],
  [['--only', 'refund'], '--only is refund, expected one of createOrder, '],
  [['sprint'], 'part is sprint, expected one of match, open, burst, sockets, start, soak'],
])('%j is refused', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
