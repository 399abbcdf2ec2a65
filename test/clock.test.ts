import { expect, test, vi } from 'vitest';
import { gatewayClock } from '../src/clock.ts';

const TOLD = new Date('2026-11-23T12:00:00.000Z');
/** How far the clock is from what it was told. */
const off = (clock: { now(): Date }, from = TOLD) => Math.abs(clock.now().getTime() - from.getTime());

test('it begins with this machine’s time', () => {
  expect(off(gatewayClock(), new Date())).toBeLessThan(50);
});

test('told another time it goes on from there, whatever becomes of the machine’s clock', () => {
  const clock = gatewayClock();
  clock.tell(TOLD, 0);
  expect(off(clock)).toBeLessThan(50);
  vi.spyOn(Date, 'now').mockReturnValue(0);
  expect(off(clock)).toBeLessThan(50);
  vi.restoreAllMocks();
});

test('it does not jump for the way of the answer', () => {
  const clock = gatewayClock();
  clock.tell(TOLD, 0);
  clock.tell(new Date(TOLD.getTime() + 90), 0);
  clock.tell(new Date(TOLD.getTime() + 2_000), 2_000);
  expect(off(clock)).toBeLessThan(50);
  clock.tell(new Date(TOLD.getTime() + 2_000), 500);
  expect(off(clock)).toBeGreaterThan(1_900);
});

test('the test clock puts it ahead', () => {
  const clock = gatewayClock();
  clock.setAhead(3_600_000);
  clock.tell(TOLD, 0);
  expect(off(clock, new Date(TOLD.getTime() + 3_600_000))).toBeLessThan(50);
});
