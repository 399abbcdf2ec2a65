import { expect, test } from 'vitest';
import { firstSight, hearAnswer, hearEvent } from '../../web/api/live-order.ts';
import { retryGapMs } from '../../web/api/retry-gap.ts';
import { moved, orderView, payment } from './order-view.ts';

test('an event moves the order and the cursor', () => {
  const live = hearEvent(firstSight(orderView()), moved(2, 'payment.precreated', { payments: [payment()] }));
  expect(live).toMatchObject({ heard: 2, order: { version: 2 }, scanned: false });
});

test('an event told twice changes nothing, not even the object', () => {
  const live = hearEvent(undefined, moved(3, 'payment.started'));
  expect(hearEvent(live, moved(3, 'payment.started'))).toBe(live);
  expect(hearEvent(live, moved(2, 'payment.precreated'))).toBe(live);
});

test('an answer ahead of the events shows at once and hides no event', () => {
  const ahead = hearAnswer(firstSight(orderView()), orderView({ version: 4, status: 'PAID' }));
  expect(ahead.heard).toBeUndefined();
  const live = hearEvent(ahead, moved(2, 'payment.precreated'));
  expect(live).toMatchObject({ heard: 2, order: { version: 4, status: 'PAID' } });
});

test('a late answer does not turn the order back', () => {
  const live = hearEvent(undefined, moved(4, 'payment.succeeded', { status: 'PAID' }));
  expect(hearAnswer(live, orderView({ version: 2 }))).toBe(live);
});

test('scanned holds until a new code is shown', () => {
  const scanned = hearEvent(undefined, moved(3, 'payment.started'));
  expect(hearEvent(scanned, moved(4, 'case.opened')).scanned).toBe(true);
  expect(hearEvent(scanned, moved(4, 'payment.precreated')).scanned).toBe(false);
});

test('the gaps grow to a cap and spread', () => {
  expect([0, 1, 2, 3].map((attempt) => retryGapMs(attempt, 1))).toEqual([500, 1_000, 2_000, 4_000]);
  expect(retryGapMs(1_000, 1)).toBe(15_000);
  expect(retryGapMs(3, 0)).toBe(2_000);
});
