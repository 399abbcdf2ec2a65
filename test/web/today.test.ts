import { expect, test } from 'vitest';
import { fenOf, grouped, yuanOf } from '../../web/order/amount.ts';
import { playLink, walletLink } from '../../web/order/wallet-link.ts';
import { readOrderLink } from '../../web/pay/order-link.ts';
import { isExpired, localMidnight, mergeRows, takings } from '../../web/pos/today.ts';
import { orderView } from './order-view.ts';

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

test('takings count what was paid, less what was given back', () => {
  const rows = [
    row('a', { status: 'PAID', amount: '0.10' }),
    row('b', { status: 'COMPLETED', amount: '0.20' }),
    row('c', { status: 'PAID', amount: '5.00', refundedAmount: '1.50' }),
    row('d', { status: 'REFUNDED', amount: '7.00', refundedAmount: '7.00' }),
    row('e', { status: 'PENDING', amount: '100.00' }),
    row('f', { status: 'CANCELLED', amount: '100.00' }),
  ];
  expect(takings(rows)).toBe('3.80');
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
  expect(fenOf('100000000.00')).toBe(10_000_000_000);
  expect(() => fenOf('9.9')).toThrow('not an amount');
  expect([0, 5, 99, 100, 123_456].map(yuanOf)).toEqual(['0.00', '0.05', '0.99', '1.00', '1234.56']);
  expect(['0.00', '999.', '1234.5', '100000000.00'].map(grouped)).toEqual([
    '0.00',
    '999.',
    '1,234.5',
    '100,000,000.00',
  ]);
});

test('a wallet link opens Alipay for its own codes and no script for any', () => {
  const code = 'https://qr.alipay.com/bax1?a=b&c';
  expect(walletLink(code)).toBe(
    'alipays://platformapi/startapp?saId=10000007&qrcode=https%3A%2F%2Fqr.alipay.com%2Fbax1%3Fa%3Db%26c',
  );
  expect(walletLink('http://127.0.0.1:4001/qr/x')).toBe('http://127.0.0.1:4001/qr/x');
  expect(walletLink('https://qr.alipay.com.evil.example/x')).toBe('https://qr.alipay.com.evil.example/x');
  expect(walletLink('javascript:alert(1)')).toBeUndefined();
  expect(playLink(code)).toBeUndefined();
});

test.each([
  ['/pay/ord_1', '#token.x-_', { orderId: 'ord_1', clientToken: 'token.x-_' }],
  ['/pay/ord_1/', '#t', { orderId: 'ord_1', clientToken: 't' }],
  ['/pay/ord_1', '', undefined],
  ['/pay/ord_1', '#', undefined],
  ['/pay/../pos', '#t', undefined],
  ['/pay/', '#t', undefined],
])('%s%s', (pathname, hash, link) => {
  expect(readOrderLink({ pathname, hash })).toEqual(link);
});
