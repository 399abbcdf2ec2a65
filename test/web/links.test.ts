import { expect, test } from 'vitest';
import { pageLink, playCodeLink, playLink, walletLink } from '../../web/order/wallet-link.ts';
import { isPhone } from '../../web/pay/on-phone.ts';
import { readOrderLink } from '../../web/pay/order-link.ts';

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

test('a page link leads to a page or nowhere', () => {
  expect(pageLink('https://openapi.alipay.com/gateway.do?a=b')).toBe('https://openapi.alipay.com/gateway.do?a=b');
  for (const bad of [null, undefined, '', 'javascript:alert(1)', 'data:text/html,x'])
    expect(pageLink(bad)).toBeUndefined();
});

test('only a play wallet shows a payment code', () => {
  expect(playCodeLink('http://127.0.0.1:4001/wallet/bax1')).toBe('http://127.0.0.1:4001/wallet/code');
  expect(playCodeLink('https://qr.alipay.com/bax1')).toBeUndefined();
});

test.each([
  [true, 'Mozilla/5.0 (Linux; Android 15) Mobile', true],
  [false, 'Mozilla/5.0 (Windows NT 10.0)', false],
  [false, 'Mozilla/5.0 (iPad) AlipayClient/10.5.96', true], // Alipay itself: it can pay, not scan itself
])('handheld %s, %s: a phone %s', (handheld, userAgent, phone) => {
  expect(isPhone({ handheld, userAgent })).toBe(phone);
});
