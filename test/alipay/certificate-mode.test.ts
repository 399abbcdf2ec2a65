import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAccount } from '../../src/alipay/account.ts';
import { alipayChannel } from '../../src/alipay/channel.ts';
import { type FakeGateway, fakeGateway, QUERY, says, signedText } from './fake-gateway.ts';

const file = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const TRADE = JSON.stringify({
  code: '10000',
  out_trade_no: 'order-1',
  trade_no: '1',
  total_amount: '8.88',
  trade_status: 'WAIT_BUYER_PAY',
});

let gateway: FakeGateway;
beforeAll(async () => {
  gateway = await fakeGateway();
});
afterAll(() => gateway.close());

/** Alipay's rule: md5 of the issuer, most specific part first, and the serial number in decimal. */
function serialNumber(pem: string): string {
  const { issuer, serialNumber: hex } = new X509Certificate(pem);
  const text = issuer.split('\n').reverse().join(',') + BigInt(`0x${hex}`).toString();
  return createHash('md5').update(text).digest('hex');
}

test('certificate numbers go out, and the answer is verified with Alipay’s certificate', async () => {
  const account = readAccount({
    appId: '2021000000000001',
    gateway: gateway.url,
    privateKey: file('app.key'),
    appCert: file('app.crt'),
    alipayCert: file('alipay-chain.crt'),
    rootCert: file('root.crt'),
  });
  const channel = alipayChannel({ account, notifyUrl: 'https://shop.example/n' });
  gateway.answer = says(signedText(QUERY, TRADE, createPrivateKey(file('alipay.key'))));
  expect(await channel.query('order-1')).toMatchObject({ kind: 'accepted' });
  expect(gateway.asked[0]?.query.get('app_cert_sn')).toBe(serialNumber(file('app.crt')));
  // The root bundle counts its RSA certificates only.
  expect(gateway.asked[0]?.query.get('alipay_root_cert_sn')).toBe(serialNumber(file('root.crt')));
  gateway.answer = says(signedText(QUERY, TRADE, createPrivateKey(file('app.key'))));
  expect(await channel.query('order-1')).toMatchObject({ kind: 'unknown' });
  await channel.disconnect();
});
