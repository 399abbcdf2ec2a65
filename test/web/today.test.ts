import { expect, test } from 'vitest';
import { fenOf, grouped, yuanOf } from '../../web/order/amount.ts';
import { isExpired, localMidnight, mergeRows } from '../../web/pos/today.ts';
import { takings, totalsByMethod } from '../../web/pos/totals.ts';
import { orderView, payment } from './order-view.ts';

const row = (id: string, over: Parameters<typeof orderView>[0] = {}) => orderView({ id, ...over });
const SINCE = '2026-03-01T00:00:00.000Z';

test('one row an order, the newer version wins, newest first, yesterday drops out', () => {
  const held = [row('a', { version: 3, status: 'PAID' }), row('old', { createdAt: '2026-02-28T23:59:59.999Z' })];
  const fresh = [row('a', { version: 2 }), row('b', { createdAt: '2026-03-01T13:00:00.000Z' })];
  const rows = mergeRows(held, fresh, SINCE);
  expect(rows.map(({ id, status }) => [id, status])).toEqual([
    ['b', 'PENDING'],
    ['a', 'PAID'],
  ]);
});

const by = (method: Parameters<typeof payment>[0]) => ({ payments: [payment({ status: 'SUCCEEDED', ...method })] });

test('takings count what was paid, less what was given back, by each way of paying', () => {
  const rows = [
    row('a', { status: 'PAID', amount: '0.10', ...by({ method: 'QR_CODE' }) }),
    row('b', { status: 'COMPLETED', amount: '0.20', ...by({ method: 'AUTH_CODE' }) }),
    row('c', { status: 'PAID', amount: '5.00', refundedAmount: '1.50', ...by({ method: 'AUTH_CODE' }) }),
    row('d', { status: 'REFUNDED', amount: '7.00', refundedAmount: '7.00', ...by({ method: 'WAP' }) }),
    row('e', { status: 'PENDING', amount: '100.00' }),
    row('f', { status: 'CANCELLED', amount: '100.00', ...by({ method: 'QR_CODE' }) }),
  ];
  expect(takings(rows)).toBe(380n);
  expect(totalsByMethod(rows)).toEqual([
    { group: 'QR_CODE', count: 1, fen: 10n },
    { group: 'AUTH_CODE', count: 2, fen: 370n },
    { group: 'ONLINE', count: 1, fen: 0n },
  ]);
  expect(totalsByMethod([])).toEqual([]);
});

test('the payment that paid names the way, not the tries before and after it', () => {
  const tries = [payment({ status: 'CLOSED' }), payment({ method: 'AUTH_CODE', status: 'SUCCEEDED' })];
  const second = payment({ method: 'PAGE', status: 'SUCCEEDED' });
  const totals = totalsByMethod([row('a', { status: 'PAID', payments: [...tries, second] })]);
  expect(totals.map(({ group }) => group)).toEqual(['AUTH_CODE']);
});

test('sums stay exact where a float would not', () => {
  const rows = Array.from({ length: 1_000 }, (_, place) =>
    row(`o${place}`, { status: 'PAID', amount: '100000000.01' }),
  );
  expect(yuanOf(takings(rows))).toBe('100000000010.00');
});

test('midnight is the till’s own', () => {
  const midnight = new Date(localMidnight(new Date(2026, 2, 1, 15, 30)));
  expect([midnight.getDate(), midnight.getHours(), midnight.getMinutes()]).toEqual([1, 0, 0]);
});

test('only a pending order expires', () => {
  const late = Date.parse('2026-03-01T12:30:00.000Z');
  expect(isExpired(row('a'), late)).toBe(true);
  expect(isExpired(row('a'), late - 1)).toBe(false);
  expect(isExpired(row('a', { status: 'PAID' }), late)).toBe(false);
});

test('amounts are whole fen', () => {
  expect(fenOf('100000000.00')).toBe(10_000_000_000n);
  expect(() => fenOf('9.9')).toThrow('not an amount');
  expect([0n, 5n, 99n, 100n, 123_456n, -5n].map(yuanOf)).toEqual(['0.00', '0.05', '0.99', '1.00', '1234.56', '-0.05']);
  expect(['0.00', '999.', '1234.5', '100000000.00'].map(grouped)).toEqual([
    '0.00',
    '999.',
    '1,234.5',
    '100,000,000.00',
  ]);
});
