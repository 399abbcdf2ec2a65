import { expect, test } from 'vitest';
import { better, correctionMs, sampleOf, serverClock } from '../../web/api/server-clock.ts';
import { clockFace, secondsLeft } from '../../web/order/countdown.ts';

const NOON = Date.parse('2026-03-01T12:00:00.000Z');
const header = (ms: number) => new Date(ms).toUTCString();

test.each([
  ['2026-03-01T12:00:10.000Z', 10],
  ['2026-03-01T12:00:09.001Z', 10], // a second that has begun is shown
  ['2026-03-01T12:00:00.000Z', 0],
  ['2026-03-01T11:00:00.000Z', 0],
])('until %s there are %i s', (until, seconds) => {
  expect(secondsLeft(until, NOON)).toBe(seconds);
});

test.each([
  [0, '0:00'],
  [9, '0:09'],
  [75, '1:15'],
  [1_800, '30:00'],
  [3_600, '1:00:00'],
  [7_261, '2:01:01'],
] as const)('%i s read %s', (seconds, face) => {
  expect(clockFace(seconds)).toBe(face);
});

test('a till whose clock is five minutes slow counts by the server', () => {
  const clock = serverClock(() => NOON);
  clock.hear({ sentAtMs: NOON - 40, receivedAtMs: NOON, date: header(NOON + 300_000) });
  expect(Math.abs(clock.now() - (NOON + 300_000))).toBeLessThanOrEqual(1_000);
});

test('a till whose clock is right is left alone, whatever the header rounds off', () => {
  for (const offMs of [0, 300, 999]) {
    const clock = serverClock(() => NOON + offMs);
    clock.hear({ sentAtMs: NOON + offMs - 20, receivedAtMs: NOON + offMs, date: header(NOON) });
    expect(clock.now()).toBe(NOON + offMs);
  }
});

test('a slow answer does not replace a sharp one, unless the clock was set meanwhile', () => {
  const sharp = { offsetMs: 60_000, errorMs: 510 };
  expect(better(sharp, { offsetMs: 61_000, errorMs: 4_000 })).toBe(sharp);
  expect(better(sharp, { offsetMs: -90_000, errorMs: 4_000 })).toEqual({ offsetMs: -90_000, errorMs: 4_000 });
});

test('no header, no sample', () => {
  expect(sampleOf({ sentAtMs: 0, receivedAtMs: 1, date: null })).toBeUndefined();
  expect(correctionMs(undefined)).toBe(0);
});
