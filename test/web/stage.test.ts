import { expect, test } from 'vitest';
import { firstSight, hearEvent } from '../../web/api/live-order.ts';
import { type Stage, stageOf } from '../../web/order/stage.ts';
import { moved, orderView, payment } from './order-view.ts';

const NOW = Date.parse('2026-03-01T12:10:00.000Z');
const LATER = Date.parse('2026-03-01T12:30:00.000Z');
const dead = { ...payment().qrCode, content: '', svg: '', expiresAt: '2026-03-01T12:09:00.000Z' };

test.each<[string, Parameters<typeof orderView>[0], Stage]>([
  ['no payment', {}, 'preparing'],
  ['a code', { payments: [payment()] }, 'waiting'],
  ['a trade number', { payments: [payment({ tradeNo: '2026' })] }, 'scanned'],
  ['a dead code', { payments: [payment({ qrCode: dead })] }, 'ran_out'],
  ['doubt', { payments: [payment({ status: 'UNKNOWN' })] }, 'unknown'],
  ['a no', { payments: [payment({ status: 'FAILED' })] }, 'failed'],
  ['closed at Alipay', { payments: [payment({ status: 'CLOSED' })] }, 'ran_out'],
  ['a second try', { payments: [payment({ status: 'FAILED' }), payment()] }, 'waiting'],
  ['paid', { status: 'PAID' }, 'paid'],
  ['handed over', { status: 'COMPLETED' }, 'paid'],
  ['refunded', { status: 'REFUNDED' }, 'refunded'],
  ['cancelled', { status: 'CANCELLED' }, 'cancelled'],
])('%s', (_, order, stage) => {
  expect(stageOf(firstSight(orderView(order)), NOW)).toBe(stage);
});

test('a pending order past its time is expired, a paid one stays paid', () => {
  expect(stageOf(firstSight(orderView({ payments: [payment()] })), LATER)).toBe('expired');
  expect(stageOf(firstSight(orderView({ status: 'PAID' })), LATER)).toBe('paid');
});

test('a cancellation at the end of its time reads as expired', () => {
  const event = moved(3, 'order.cancelled', { status: 'CANCELLED' });
  expect(stageOf(hearEvent(undefined, { ...event, occurredAt: '2026-03-01T12:30:00.400Z' }), LATER)).toBe('expired');
  expect(stageOf(hearEvent(undefined, event), LATER)).toBe('cancelled');
});

test('the scan shows before Alipay’s number is known', () => {
  const live = hearEvent(undefined, moved(3, 'payment.started', { payments: [payment()] }));
  expect(stageOf(live, NOW)).toBe('scanned');
});
