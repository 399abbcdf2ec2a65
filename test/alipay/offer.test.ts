import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAccount } from '../../src/alipay/account.ts';
import { alipayChannel } from '../../src/alipay/channel.ts';
import type { PaymentRequest, RedirectRequest } from '../../src/orders/ports.ts';
import { APP_ID, accountFor, app } from './keys.ts';
import { REQUEST } from './payment-request.ts';

const GATEWAY = 'https://openapi.example/gateway.do';
const NOTIFY = 'https://shop.example/alipay/notify?shop=1&x=a+b';
const channel = alipayChannel({
  account: accountFor(GATEWAY),
  notifyUrl: NOTIFY,
  now: () => new Date('2026-11-23T02:00:05Z'),
});

const PAGE: RedirectRequest = { method: 'PAGE', returnUrl: 'https://shop.example/back?a=1&b=%20', quitUrl: null };
const WAP: RedirectRequest = { method: 'WAP', returnUrl: null, quitUrl: 'https://shop.example/quit?a=1&b=c+d' };
const APP: RedirectRequest = { method: 'APP', returnUrl: null, quitUrl: null };

type Parameters = Readonly<Record<string, string>>;

/** A page's URL as a server reads it, an order string as Alipay's app does: each decoded exactly once. */
function parametersOf(offer: string): Parameters {
  if (offer.startsWith(GATEWAY)) return Object.fromEntries(new URL(offer).searchParams);
  return Object.fromEntries(offer.split('&').map((pair) => pair.split('=', 2).map(decodeURIComponent)));
}

/** Alipay's rule (dossier 1.3): everything but the signature and what is empty, sorted. */
function verifies({ sign = '', ...parameters }: Parameters, key = app.publicKey): boolean {
  const filled = Object.entries(parameters).filter(([, value]) => value !== '');
  const text = filled.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`);
  return verify('sha256', Buffer.from(text.join('&')), key, Buffer.from(sign, 'base64'));
}

function offer(redirect: RedirectRequest, request: Partial<PaymentRequest> = {}) {
  const parameters = parametersOf(channel.offer({ ...REQUEST, ...request, ...redirect }));
  return { parameters, content: JSON.parse(parameters.biz_content ?? '') };
}

const common = {
  app_id: APP_ID,
  charset: 'utf-8',
  version: '1.0',
  sign_type: 'RSA2',
  timestamp: '2026-11-23 10:00:05',
  notify_url: NOTIFY,
  biz_content: expect.any(String),
  sign: expect.stringMatching(/^[\w+/]+=*$/),
};
const content = {
  out_trade_no: 'order-1',
  total_amount: '8.88',
  subject: REQUEST.subject,
  time_expire: '2026-11-23 11:00:00',
};

describe('what a buyer is sent to Alipay with', () => {
  test('a web page’s URL', () => {
    const { parameters, content: said } = offer(PAGE);
    const method = 'alipay.trade.page.pay';
    expect(parameters).toEqual({ ...common, method, return_url: PAGE.returnUrl, alipay_sdk: expect.any(String) });
    expect(said).toEqual({ ...content, product_code: 'FAST_INSTANT_TRADE_PAY' });
    expect(verifies(parameters)).toBe(true);
  });

  test('a mobile page’s URL, and the way back for who does not pay', () => {
    const { parameters, content: said } = offer(WAP);
    expect(parameters).toEqual({ ...common, method: 'alipay.trade.wap.pay', alipay_sdk: expect.any(String) });
    expect(said).toEqual({ ...content, product_code: 'QUICK_WAP_WAY', quit_url: WAP.quitUrl });
    expect(verifies(parameters)).toBe(true);
  });

  test('an app’s order string', () => {
    const { parameters, content: said } = offer({ ...APP, returnUrl: 'https://shop.example/r', quitUrl: 'https://x' });
    expect(parameters).toEqual({ ...common, method: 'alipay.trade.app.pay' });
    expect(said).toEqual({ ...content, product_code: 'QUICK_MSECURITY_PAY' });
    expect(verifies(parameters)).toBe(true);
  });

  test('no till, no operator, no body; the store when there is one; never an empty string', () => {
    const places = { storeId: 'store-1', terminalId: 'till-1', operatorId: 'op-1', body: 'hot' };
    expect(offer(APP, places).content).toEqual({
      ...content,
      product_code: 'QUICK_MSECURITY_PAY',
      store_id: 'store-1',
    });
    const empty = offer({ method: 'WAP', returnUrl: '', quitUrl: '' }, { storeId: '' });
    expect(Object.values({ ...empty.parameters, ...empty.content })).not.toContain('');
    expect(Object.keys(empty.content)).not.toContain('quit_url');
    expect(empty.parameters).not.toHaveProperty('return_url');
  });

  test('one changed character is noticed', () => {
    const { parameters } = offer(PAGE);
    const changed = { ...parameters, biz_content: parameters.biz_content?.replace('8.88', '0.01') ?? '' };
    expect(verifies(changed)).toBe(false);
  });
});

test('whatever the subject and the URLs hold, the signature holds after decoding once', () => {
  const tricky = fc.constantFrom(...'茶咖é +%"\'<>&=/\\#?;~😀a1', '%2B', '%25', '%20', '&amp;', '&times', '\u2028');
  const text = fc.oneof(fc.string({ unit: tricky, minLength: 1 }), fc.string({ unit: 'binary', minLength: 1 }));
  const url = fc.option(text.map((part) => `https://shop.example/r?x=${encodeURIComponent(part)}&y=+`));
  fc.assert(
    fc.property(fc.constantFrom(PAGE, WAP, APP), text, url, (redirect, subject, address) => {
      const asked = { ...redirect, returnUrl: address, quitUrl: address };
      const { parameters, content: said } = offer(asked, { subject });
      expect(said.subject).toBe(subject);
      expect(verifies(parameters)).toBe(true);
      if (redirect.method === 'APP') return;
      expect(parameters.return_url ?? null).toBe(address);
      if (redirect.method === 'WAP') expect(said.quit_url ?? null).toBe(address);
    }),
    { numRuns: 300 },
  );
});

test('in certificate mode the certificates’ numbers are signed along', () => {
  const file = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
  const account = readAccount({
    appId: APP_ID,
    gateway: GATEWAY,
    privateKey: file('app.key'),
    appCert: file('app.crt'),
    alipayCert: file('alipay-chain.crt'),
    rootCert: file('root.crt'),
  });
  const certified = alipayChannel({ account, notifyUrl: NOTIFY });
  for (const redirect of [PAGE, WAP, APP]) {
    const parameters = parametersOf(certified.offer({ ...REQUEST, ...redirect }));
    expect(parameters).toMatchObject({ app_cert_sn: expect.any(String), alipay_root_cert_sn: expect.any(String) });
    expect(verifies(parameters, createPublicKey(file('app.key')))).toBe(true);
  }
});
