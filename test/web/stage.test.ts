import { expect, test } from 'vitest';
import { firstSight, hearEvent } from '../../web/api/live-order.ts';
import { isDone, type Stage, stageOf, takesCode } from '../../web/order/stage.ts';
import { moved, orderView, paid, payment, refund } from './order-view.ts';

const NOW = Date.parse('2026-03-01T12:10:00.000Z');
const LATER = Date.parse('2026-03-01T12:30:00.000Z');
const dead = { ...payment().qrCode, content: '', svg: '', expiresAt: '2026-03-01T12:09:00.000Z' };

const byCode = (status: Parameters<typeof payment>[0]) => payment({ method: 'AUTH_CODE', ...status });
const back = (amount: string) => refund({ amount });

test.each<[string, Parameters<typeof orderView>[0], Stage]>([
  // while it waits
  ['no payment', {}, 'preparing'],
  ['a code', { payments: [payment()] }, 'waiting'],
  ['a trade number', { payments: [payment({ tradeNo: '2026' })] }, 'scanned'],
  ['a dead code', { payments: [payment({ qrCode: dead })] }, 'ran_out'],
  ['doubt', { payments: [payment({ status: 'UNKNOWN' })] }, 'unknown'],
  ['a no', { payments: [payment({ status: 'FAILED' })] }, 'failed'],
  ['closed at Alipay', { payments: [payment({ status: 'CLOSED' })] }, 'ran_out'],
  ['a second try', { payments: [payment({ status: 'FAILED' }), payment()] }, 'waiting'],
  // a payment code that the till has scanned
  ['written, not answered', { payments: [byCode({ status: 'CREATED' })] }, 'in_doubt'],
  ['a password is asked', { payments: [byCode({ status: 'AWAITING_BUYER', tradeNo: '2026' })] }, 'confirming'],
  ['an unclear answer', { payments: [byCode({ status: 'UNKNOWN' })] }, 'in_doubt'],
  ['a code that did not pay', { payments: [byCode({ status: 'FAILED' })] }, 'declined'],
  ['then a QR code', { payments: [byCode({ status: 'FAILED' }), payment({ id: 'pay_2' })] }, 'waiting'],
  ['a page at Alipay', { payments: [payment({ method: 'PAGE', status: 'CREATED' })] }, 'at_alipay'],
  ['a page in doubt', { payments: [payment({ method: 'WAP', status: 'UNKNOWN' })] }, 'at_alipay'],
  // paid
  ['paid', { status: 'PAID', payments: [paid()] }, 'paid'],
  ['a part given back', { status: 'PAID', refunds: [back('1.00')], refundedAmount: '1.00' }, 'paid'],
  ['a refund on its way', { status: 'PAID', refunds: [refund({ status: 'PENDING' })] }, 'refunding'],
  [
    'a refund that waits for a second person',
    { status: 'PAID', refunds: [refund({ status: 'AWAITING_CONFIRMATION' })] },
    'held',
  ],
  ['a refund refused', { status: 'PAID', refunds: [refund({ status: 'FAILED' })] }, 'paid'],
  ['shipped', { status: 'SHIPPING' }, 'shipping'],
  ['handed over', { status: 'COMPLETED' }, 'handed_over'],
  ['refunded', { status: 'REFUNDED' }, 'refunded'],
  ['goods back, money not', { status: 'RETURNED' }, 'returned'],
  ['both back', { status: 'RETURNED', refundedAmount: '9.99' }, 'refunded'],
  // over
  ['cancelled', { status: 'CANCELLED' }, 'cancelled'],
  ['late money', { status: 'CANCELLED', payments: [paid()] }, 'late'],
  ['half of the late money back', { status: 'CANCELLED', payments: [paid()], refunds: [back('5.00')] }, 'late'],
  ['late money back', { status: 'CANCELLED', payments: [paid()], refunds: [back('9.99')] }, 'late_back'],
])('%s', (_, order, stage) => {
  expect(stageOf(firstSight(orderView(order)), NOW)).toBe(stage);
});

test('a payment code in doubt stays in doubt past the end of its order', () => {
  expect(stageOf(firstSight(orderView({ payments: [byCode({ status: 'UNKNOWN' })] })), LATER)).toBe('in_doubt');
});

test('every stage waits, is in doubt, or leaves the cashier free', () => {
  expect([takesCode('waiting'), takesCode('declined'), takesCode('ran_out')]).toEqual([true, true, true]);
  expect([takesCode('in_doubt'), isDone('in_doubt'), takesCode('scanned'), isDone('scanned')]).toEqual(
    Array(4).fill(false),
  );
  expect([isDone('paid'), isDone('late'), isDone('expired'), isDone('waiting')]).toEqual([true, true, true, false]);
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
