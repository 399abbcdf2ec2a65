// Several apps on one gateway: whose keys verify what, and through which app a call goes.
import { createPrivateKey, generateKeyPairSync, sign, verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AlipayAccount } from '../../src/alipay/account.ts';
import { type AlipayApps, alipayApps } from '../../src/alipay/apps.ts';
import { type AlipayChannel, alipayChannel } from '../../src/alipay/channel.ts';
import { fingerprintOf } from '../../src/alipay/fingerprint.ts';
import { readNotification } from '../../src/alipay/notification.ts';
import { verifyReturn } from '../../src/alipay/return-url.ts';
import type { App } from '../../src/merchants/app.ts';
import { type FakeGateway, fakeGateway, PRECREATE, says, signedText } from './fake-gateway.ts';
import { APP_ID, accountFor, alipay, app, pem, stranger } from './keys.ts';
import { type Fields, notice, PAID } from './notice.ts';
import { REQUEST } from './payment-request.ts';

const NOW = new Date('2026-11-23T02:00:05Z');
const OTHER_ID = '2021000000000077';
const PROVIDER_ID = '2021000000000088';
const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** Alipay's keys for the other app: the one in use, and the next. */
const [now, next] = [theirs, stranger];
const idOf = ({ publicKey }: typeof theirs) => fingerprintOf(publicKey);
const kept = (pair: typeof theirs) => ({ id: idOf(pair), pem: pem(pair.publicKey, 'spki') });

const file = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

let gateway: FakeGateway;
let apps: AlipayApps;
let found: App | undefined;
let refreshed = 0;
let sellers: Record<string, string> = {};
const opened: AlipayChannel[] = [];
const ended: AlipayChannel[] = [];

const place = { merchantId: 'm-2', accountId: 'a-2' };
const own = { merchantId: 'm-1', accountId: 'a-1' };

function anApp(more: Partial<App> = {}, alipayKeys = [kept(now)], appAuthToken: string | null = null): App {
  return {
    ...place,
    appId: OTHER_ID,
    providerAppId: null,
    sellerId: '2088000000000077',
    keys: {
      gateway: gateway.url,
      privateKey: `sealed ${pem(app.privateKey, 'pkcs8')}`,
      keyId: 'k',
      alipayKeys,
      appCert: null,
      rootCert: null,
      validUntil: null,
      appAuthToken: appAuthToken && `sealed ${appAuthToken}`,
    },
    createdAt: NOW,
    suspendedAt: null,
    revision: '1',
    ...more,
  };
}

beforeAll(async () => {
  gateway = await fakeGateway();
});
beforeEach(() => {
  opened.length = ended.length = gateway.asked.length = refreshed = 0;
  [found, sellers] = [anApp(), {}];
  const openChannel = (account: AlipayAccount) => {
    const channel = alipayChannel({ account, notifyUrl: 'https://shop.example/n', now: () => NOW });
    opened.push(channel);
    return { channel, disconnect: async () => void ended.push(channel) };
  };
  apps = alipayApps({
    environment: { ...own, account: accountFor(gateway.url) },
    directory: {
      find: (appId) => (appId === found?.appId ? found : undefined),
      appOfAccount: ({ accountId }) => (accountId === found?.accountId ? found : undefined),
      sellerOfAccount: ({ accountId }) => sellers[accountId] ?? null,
      refresh: async () => {
        refreshed += 1;
      },
    },
    secrets: {
      seal: (secret) => `sealed ${secret}`,
      open: (sealed) => {
        if (!sealed.startsWith('sealed ')) throw new Error('sealed under another SECRET_KEY');
        return sealed.slice(7);
      },
    },
    openChannel,
  });
});
afterAll(async () => {
  for (const channel of opened) await channel.disconnect();
  await gateway.close();
});

const told = (fields: Fields, key: typeof theirs) =>
  readNotification(notice(fields, { key: key.privateKey }), undefined, apps.findApp);
const THEIRS = { ...PAID, app_id: OTHER_ID, auth_app_id: OTHER_ID, seller_id: '2088000000000077' };
const { auth_app_id: _, ...UNNAMED } = THEIRS;

describe('a notification', () => {
  test('is believed under the keys of the app that it names, and lands with its merchant', () => {
    expect(told(THEIRS, now)).toMatchObject({ kind: 'verified', ...place, keyId: idOf(now), appId: OTHER_ID });
    expect(told(UNNAMED, now)).toMatchObject({ kind: 'verified', ...place });
    expect(told({ ...PAID, auth_app_id: APP_ID }, alipay)).toMatchObject({ kind: 'verified', ...own });
  });

  test('signed with another app’s genuine key is forged', () => {
    expect(told(THEIRS, alipay)).toEqual({ kind: 'unverified', reason: 'a wrong signature' });
    expect(told(PAID, now)).toEqual({ kind: 'unverified', reason: 'a wrong signature' });
  });

  test('of an app that nobody has here is not looked at', () => {
    expect(told({ ...THEIRS, app_id: '2021000000000099' }, now)).toEqual({ kind: 'foreign_app' });
    expect(told({ ...PAID, auth_app_id: OTHER_ID }, alipay)).toEqual({ kind: 'foreign_app' });
    found = undefined;
    expect(told(THEIRS, now)).toEqual({ kind: 'foreign_app' });
  });

  test('while Alipay’s key is exchanged is believed under both, and says which; afterwards under the new one alone', () => {
    found = anApp({ revision: '2' }, [kept(next), kept(now)]);
    expect([told(THEIRS, now), told(THEIRS, next)]).toMatchObject([{ keyId: idOf(now) }, { keyId: idOf(next) }]);
    found = anApp({ revision: '3' }, [kept(next)]);
    expect([told(THEIRS, now), told(THEIRS, next)]).toMatchObject([{ kind: 'unverified' }, { kind: 'verified' }]);
  });

  test('of an app in certificate mode is believed under the key of Alipay’s certificate', () => {
    const [leaf, root] = ['alipay-chain.crt', 'root.crt'].map(file);
    const certificate = new X509Certificate(leaf ?? '');
    const kept = [{ id: fingerprintOf(certificate.publicKey), pem: leaf ?? '' }];
    const plain = anApp({}, kept);
    found = { ...plain, keys: plain.keys && { ...plain.keys, appCert: file('app.crt'), rootCert: root ?? null } };
    const theirKey = { privateKey: createPrivateKey(file('alipay.key')), publicKey: certificate.publicKey };
    expect(told(THEIRS, theirKey)).toMatchObject({ kind: 'verified', keyId: kept[0]?.id });
    expect(told(THEIRS, now)).toMatchObject({ kind: 'unverified' });
  });

  test('through a service provider names both apps', () => {
    found = anApp({ providerAppId: PROVIDER_ID }, [kept(now)], 'token');
    expect(told({ ...THEIRS, app_id: PROVIDER_ID }, now)).toMatchObject({ kind: 'verified', ...place });
    expect(told(THEIRS, now)).toEqual({ kind: 'foreign_app' });
    expect(told({ ...UNNAMED, app_id: PROVIDER_ID }, now)).toEqual({ kind: 'foreign_app' });
  });

  test('is believed though the app’s own key can’t be opened', async () => {
    const app = anApp();
    found = { ...app, keys: app.keys && { ...app.keys, privateKey: 'v1.other' } };
    expect(told(THEIRS, now)).toMatchObject({ kind: 'verified' });
    await expect(apps.channelOf(place)).rejects.toThrow('another SECRET_KEY');
  });

  test('as a return: the buyer comes back to the merchant’s order', () => {
    const back = { ...THEIRS, timestamp: '2026-11-23 10:00:00' };
    const query = notice(back, { key: now.privateKey }).toString();
    expect(verifyReturn(query, apps.findApp, NOW)).toEqual({ ...place, outTradeNo: PAID.out_trade_no });
  });
});

const offered = JSON.stringify({ code: '10000', msg: 'Success', out_trade_no: 'order-1', qr_code: 'https://qr' });
const answersWith = (key: typeof theirs) => {
  gateway.answer = says(signedText(PRECREATE, offered, key.privateKey));
};

describe('a call', () => {
  test('goes through the account’s own app', async () => {
    answersWith(now);
    const channel = await apps.channelOf(place);
    expect(await channel.precreate(REQUEST)).toMatchObject({ kind: 'accepted', keyId: idOf(now) });
    expect(gateway.asked[0]?.query.get('app_id')).toBe(OTHER_ID);
    answersWith(alipay);
    expect(await channel.precreate(REQUEST)).toMatchObject({ kind: 'unknown' });
    expect(await (await apps.channelOf(own)).precreate(REQUEST)).toMatchObject({ kind: 'accepted' });
    expect(gateway.asked[2]?.query.get('app_id')).toBe(APP_ID);
  });

  test('is answered under either key while Alipay’s is exchanged', async () => {
    found = anApp({}, [kept(next), kept(now)]);
    const channel = await apps.channelOf(place);
    for (const key of [now, next]) {
      answersWith(key);
      expect(await channel.precreate(REQUEST)).toMatchObject({ kind: 'accepted', keyId: idOf(key) });
    }
    answersWith(alipay);
    expect(await channel.precreate(REQUEST)).toEqual({ kind: 'unknown', reason: 'a wrongly signed answer' });
  });

  test('of a service provider’s app carries the authorisation, signed with the rest', async () => {
    found = anApp({ providerAppId: PROVIDER_ID }, [kept(now)], 'token-1');
    answersWith(now);
    const channel = await apps.channelOf(place);
    await channel.precreate(REQUEST);
    const { query = new URLSearchParams(), form = new URLSearchParams() } = gateway.asked[0] ?? {};
    expect([query.get('app_id'), query.get('app_auth_token')]).toEqual([PROVIDER_ID, 'token-1']);
    const fields = [...query, ...form].filter(([name]) => name !== 'sign').sort(([a], [b]) => (a < b ? -1 : 1));
    const text = fields.map(([name, value]) => `${name}=${value}`).join('&');
    const signature = Buffer.from(query.get('sign') ?? '', 'base64');
    expect(verify('sha256', Buffer.from(text), app.publicKey, signature)).toBe(true);
    expect(sign('sha256', Buffer.from(text), app.privateKey).equals(signature)).toBe(true);
    const page = channel.offer({ ...REQUEST, method: 'PAGE', returnUrl: null, quitUrl: null });
    expect(new URL(page).searchParams.get('app_auth_token')).toBe('token-1');
  });

  test('goes through one channel as long as the app is the same; the one before ends after its calls', async () => {
    const first = await apps.channelOf(place);
    expect(await apps.channelOf(place)).toBe(first);
    found = anApp({ revision: '2' });
    expect(await apps.channelOf(place)).not.toBe(first);
    expect([opened.length, ended.length]).toEqual([3, 0]);
    await apps.disconnect();
    expect(ended).toHaveLength(3);
  });

  test('of an account that is not known yet asks once what is new', async () => {
    const app = found;
    found = undefined;
    await expect(apps.channelOf(place)).rejects.toThrow('no app collects for');
    expect(refreshed).toBe(1);
    found = app;
    await apps.channelOf(place);
    expect(refreshed).toBe(1);
  });

  test('of the environment’s app goes out under its new key at once, and is answered under either of Alipay’s', async () => {
    const before = await apps.channelOf(own);
    const keys = { privateKey: stranger.privateKey, keyId: idOf(next), alipayPublicKey: next.publicKey };
    apps.exchange({ ...accountFor(gateway.url), ...keys });
    const channel = await apps.channelOf(own);
    for (const key of [alipay, next]) {
      answersWith(key);
      expect(await channel.precreate(REQUEST)).toMatchObject({ kind: 'accepted', keyId: idOf(key) });
      expect(told({ ...PAID, auth_app_id: APP_ID }, key)).toMatchObject({ kind: 'verified', ...own, keyId: idOf(key) });
    }
    const { query = new URLSearchParams(), form = new URLSearchParams() } = gateway.asked[0] ?? {};
    const fields = [...query, ...form].filter(([name]) => name !== 'sign').sort(([a], [b]) => (a < b ? -1 : 1));
    const text = fields.map(([name, value]) => `${name}=${value}`).join('&');
    const signature = Buffer.from(query.get('sign') ?? '', 'base64');
    expect(verify('sha256', Buffer.from(text), stranger.publicKey, signature)).toBe(true);
    // What is under way finishes where it is.
    answersWith(alipay);
    expect(await before.precreate(REQUEST)).toMatchObject({ kind: 'accepted' });
    expect(ended).toHaveLength(0);
  });

  test('an hour after the exchange only Alipay’s new key is believed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    apps.exchange({ ...accountFor(gateway.url), keyId: idOf(next), alipayPublicKey: next.publicKey });
    const both = () => [alipay, next].map((key) => told({ ...PAID, auth_app_id: APP_ID }, key).kind);
    await vi.advanceTimersByTimeAsync(3_500_000);
    expect(both()).toEqual(['verified', 'verified']);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(both()).toEqual(['unverified', 'verified']);
    expect([opened.length, ended.length]).toEqual([3, 2]);
  });

  test('of an account of a former app of the environment goes through the present one, but for another seller', async () => {
    const former = { ...own, accountId: 'a-former' };
    expect(await apps.channelOf(former)).toBe(await apps.channelOf(own));
    sellers = { 'a-former': '2088999999999999' };
    await expect(apps.channelOf(former)).rejects.toThrow('no app collects for');
  });

  test('of the environment’s account goes through a newer app that collects for it, and for no other merchant', async () => {
    const before = await apps.channelOf(own);
    found = anApp({ ...own });
    expect(await apps.channelOf(own)).not.toBe(before);
    found = undefined;
    await expect(apps.channelOf({ ...own, merchantId: 'm-2' })).rejects.toThrow('no app collects for');
  });
});
