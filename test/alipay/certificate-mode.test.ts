import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { readAccount } from '../../src/alipay/account.ts';
import { alipayApps } from '../../src/alipay/apps.ts';
import { alipayChannel } from '../../src/alipay/channel.ts';
import { readNotification } from '../../src/alipay/notification.ts';
import { sealedSecrets } from '../../src/credentials/sealed-secrets.ts';
import { fixture, privateKeyIn, serialNumber } from './certificates.ts';
import { type FakeGateway, fakeGateway, QUERY, says, signedText } from './fake-gateway.ts';
import { APP_ID, PLACE } from './keys.ts';
import { notice, PAID } from './notice.ts';

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

test('certificate numbers go out, and the answer is verified with Alipay’s certificate', async () => {
  const account = readAccount({
    appId: '2021000000000001',
    gateway: gateway.url,
    privateKey: fixture('app.key'),
    appCert: fixture('app.crt'),
    alipayCert: fixture('alipay-chain.crt'),
    rootCert: fixture('root.crt'),
  });
  const channel = alipayChannel({ account, notifyUrl: 'https://shop.example/n' });
  gateway.answer = says(signedText(QUERY, TRADE, privateKeyIn('alipay.key')));
  expect(await channel.query('order-1')).toMatchObject({ kind: 'accepted' });
  expect(gateway.asked[0]?.query.get('app_cert_sn')).toBe(serialNumber(fixture('app.crt')));
  // The root bundle counts its RSA certificates only.
  expect(gateway.asked[0]?.query.get('alipay_root_cert_sn')).toBe(serialNumber(fixture('root.crt')));
  gateway.answer = says(signedText(QUERY, TRADE, privateKeyIn('app.key')));
  expect(await channel.query('order-1')).toMatchObject({ kind: 'unknown' });
  await channel.disconnect();
});

test('of Alipay’s certificates the one before is believed for an hour after an exchange', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const certified = (more = '') =>
    readAccount({
      appId: APP_ID,
      gateway: gateway.url,
      privateKey: fixture(`${more}app.key`),
      appCert: fixture(`${more}app.crt`),
      alipayCert: fixture(`${more}alipay-chain.crt`),
      rootCert: fixture(`${more}root.crt`),
    });
  const apps = alipayApps({
    environment: { account: certified(), ...PLACE },
    directory: { find: nothing, appOfAccount: nothing, sellerOfAccount: () => null, refresh: async () => {} },
    secrets: sealedSecrets('s'.repeat(32)),
    openChannel: (account) => {
      const channel = alipayChannel({ account, notifyUrl: 'https://shop.example/n' });
      return { channel, disconnect: () => channel.disconnect() };
    },
  });
  const kinds = () =>
    ['alipay.key', 'next-alipay.key'].map(
      (key) => readNotification(notice(PAID, { key: privateKeyIn(key) }), undefined, apps.findApp).kind,
    );
  expect(kinds()).toEqual(['verified', 'unverified']);
  apps.exchange(certified('next-'));
  await vi.advanceTimersByTimeAsync(3_590_000);
  expect(kinds()).toEqual(['verified', 'verified']);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(kinds()).toEqual(['unverified', 'verified']);
  await apps.disconnect();
});

const nothing = () => undefined;
