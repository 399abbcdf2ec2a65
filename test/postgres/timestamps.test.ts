import { expect, test } from 'vitest';
import { timestamp } from '../../src/postgres/timestamps.ts';

test.each([
  ['2026-01-02 03:04:05+00', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02 03:04:05.6+00', '2026-01-02T03:04:05.600Z'],
  ['2026-01-02 03:04:05.067+00', '2026-01-02T03:04:05.067Z'],
  ['2026-01-02T03:04:05.06+00:00', '2026-01-02T03:04:05.060Z'],
  ['2026-01-02 11:04:05.6+08', '2026-01-02T03:04:05.600Z'],
  ['2026-01-02 08:34:05.6+05:30', '2026-01-02T03:04:05.600Z'],
])('%s is read exactly', (text, time) => {
  expect(timestamp(text).toISOString()).toBe(time);
});

test.each(['infinity', '2026-01-02', '2026-01-02 03:04:05', ''])('%s is no timestamp', (text) => {
  expect(() => timestamp(text)).toThrow(RangeError);
});
