import { request } from 'node:http';
import { expect, test } from 'vitest';
import type { Clock } from '../../src/sandbox/clock.ts';
import { control, precreate, read, sdkFor, testSandbox } from './fixture.ts';

const json = { 'content-type': 'application/json' };
const act = async (qrCode: string, action: string) =>
  (await fetch(`${qrCode}/${action}`, { method: 'POST', headers: json, body: '{}' })).json();

test('reading the page is no scan; its script scans, and paying pays', async () => {
  const { url } = await testSandbox();
  const { outTradeNo, qrCode } = await precreate(await sdkFor(url));
  const page = await fetch(qrCode);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('data-state="opening"');
  expect((await read(url, 'trades')).total).toBe(0);
  expect(await act(qrCode, 'scan')).toEqual({ state: 'ready' });
  expect(await act(qrCode, 'pay')).toEqual({ state: 'paid' });
  expect(await act(qrCode, 'pay')).toEqual({ state: 'paid' });
  expect((await read(url, 'trades')).trades).toMatchObject([{ outTradeNo, status: 'TRADE_SUCCESS' }]);
  expect(await (await fetch(qrCode)).text()).toContain('data-state="paid"');
  await control(url, 'refund', { outTradeNo, amount: '88.80' });
  expect(await (await fetch(`${qrCode}/state`)).json()).toEqual({ state: 'refunded' });
});

test('a strict policy, no other origin, and text that stays text', async () => {
  const { url } = await testSandbox();
  const biz = { subject: `<script>alert("1")</script>'&`, store_id: '"><b>' };
  const { qrCode } = await precreate(await sdkFor(url), { biz });
  const page = await fetch(qrCode);
  const html = await page.text();
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;');
  expect(html).not.toContain('<script>alert');
  expect(html).not.toContain('"><b>');
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  for (const file of ['wallet.css', 'wallet.js'])
    expect((await fetch(`${url}/wallet/assets/${file}`)).headers.get('x-content-type-options')).toBe('nosniff');
});

test.each([
  ['zh-CN,zh;q=0.9,en;q=0.8', '', '确认付款'],
  ['en-US,en;q=0.9', '', 'Pay now'],
  ['de-DE,de', '', '确认付款'],
  ['zh-CN', '?lang=en', 'Pay now'],
  ['en', '?lang=zh', '确认付款'],
])('a browser that prefers %s, %s: %s', async (language, query, button) => {
  const { url } = await testSandbox();
  const { qrCode } = await precreate(await sdkFor(url));
  const page = await fetch(`${qrCode}${query}`, { headers: { 'accept-language': language } });
  expect(await page.text()).toContain(`>${button}</button>`);
});

test('closed, revoked and unknown codes cannot be paid', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const closed = await precreate(sdk);
  await act(closed.qrCode, 'scan');
  await sdk.exec('alipay.trade.close', { bizContent: { outTradeNo: closed.outTradeNo } });
  expect(await act(closed.qrCode, 'pay')).toEqual({ state: 'closed' });
  const ended = await precreate(sdk);
  expect((await control(url, 'close', { outTradeNo: ended.outTradeNo })).body).toEqual({
    outTradeNo: ended.outTradeNo,
    tradeNo: null,
    status: 'TRADE_NOT_EXIST',
    amount: '88.80',
  });
  expect(await act(ended.qrCode, 'pay')).toEqual({ state: 'expired' });
  expect((await fetch(`${url}/wallet/baxnone`)).status).toBe(404);
  expect(await act(`${url}/wallet/baxnone`, 'pay')).toEqual({ state: 'unknown' });
});

/** A clock that moves when told to, and rings what became due. */
function handClock(): Clock & { forward(ms: number): void } {
  let nowMs = Date.parse('2026-03-01T12:00:00+08:00');
  const timers = new Map<symbol, { atMs: number; work: () => void }>();
  return {
    now: () => nowMs,
    after(delayMs, work) {
      const key = Symbol();
      timers.set(key, { atMs: nowMs + Math.max(delayMs, 0), work });
      return () => timers.delete(key);
    },
    forward(ms) {
      nowMs += ms;
      for (const [key, { atMs, work }] of timers) if (atMs <= nowMs && timers.delete(key)) work();
    },
  };
}

const MINUTE = 60_000;
test.each<[string, Record<string, unknown>, number]>([
  // how long a code lives, in minutes
  ['by default', {}, 120],
  ['with a long timeout', { timeout_express: '15d' }, 120],
  ['with a short timeout', { timeout_express: '5m' }, 5],
  ['with a timeout of its own', { timeout_express: '1h', qr_code_timeout_express: '10m' }, 10],
  ['with an end, which wins', { timeout_express: '5m', time_expire: '2026-03-01 12:30:00' }, 30],
])('a code %s', async (_what, biz, minutes) => {
  const clock = handClock();
  const { url } = await testSandbox({ clock });
  const sdk = await sdkFor(url);
  const early = await precreate(sdk, { biz });
  const late = await precreate(sdk, { biz });
  clock.forward(minutes * MINUTE - 1);
  expect(await act(early.qrCode, 'scan')).toEqual({ state: 'ready' });
  clock.forward(1);
  expect(await act(late.qrCode, 'scan')).toEqual({ state: 'expired' });
});

test('a scanned trade outlives its code and closes by itself at its own timeout, three hours after the scan', async () => {
  const clock = handClock();
  const { url } = await testSandbox({ clock });
  const { qrCode } = await precreate(await sdkFor(url));
  await act(qrCode, 'scan');
  clock.forward(180 * MINUTE - 1);
  expect((await control(url, 'scan', { qrCode })).body.status).toBe('WAIT_BUYER_PAY');
  clock.forward(1);
  expect((await read(url, 'trades')).trades[0]).toMatchObject({
    status: 'TRADE_CLOSED',
    closedAt: '2026-03-01T07:00:00.000Z',
  });
  expect(await act(qrCode, 'pay')).toEqual({ state: 'closed' });
});

function statusFor(url: string, host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, { headers: { host } }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

test('websites stay out: a rebound name, a form post; the public URL and the gateway do not', async () => {
  const { url, port } = await testSandbox({ publicUrl: 'http://shop.example:8080' });
  for (const path of ['/_sandbox/app', '/wallet/x'])
    expect(await statusFor(url, `evil.example:${port}`, path)).toBe(403);
  expect(await statusFor(url, `localhost:${port}`, '/_sandbox/app')).toBe(200);
  expect(await statusFor(url, 'shop.example:8080', '/_sandbox/app')).toBe(200);
  expect(await statusFor(url, 'alipay.example', '/gateway.do')).toBe(200);
  const form = await fetch(`${url}/_sandbox/pay`, { method: 'POST', body: new URLSearchParams({ outTradeNo: '1' }) });
  expect(form.status).toBe(415);
  const { qrCode } = await precreate(await sdkFor(url));
  expect(qrCode).toMatch(/^http:\/\/shop\.example:8080\/wallet\//);
  expect((await control(url, 'scan', { qrCode })).status).toBe(200);
});

test.each<[string, string, object, number, string]>([
  ['a number nobody ordered', 'pay', { outTradeNo: 'none' }, 404, 'UNKNOWN_NUMBER'],
  ['a code nobody made', 'scan', { qrCode: 'https://qr.alipay.com/bax1' }, 404, 'UNKNOWN_CODE'],
  ['no number', 'close', {}, 400, 'BAD_REQUEST'],
  ['a name misspelt', 'pay', { outTradeNo: 'a', amout: '1' }, 400, 'BAD_REQUEST'],
  ['a refund of nothing', 'refund', { outTradeNo: 'a', amount: '0' }, 400, 'BAD_REQUEST'],
  ['a fault of no kind', 'faults', { on: 'notify', kind: 'explode' }, 400, 'BAD_REQUEST'],
  ['a ladder of words', 'settings', { ladder: 'soon' }, 400, 'BAD_REQUEST'],
  ['a body too large', 'pay', { outTradeNo: 'a'.repeat(70_000) }, 413, 'FST_ERR_CTP_BODY_TOO_LARGE'],
  ['a route of no kind', 'nothing', {}, 404, 'NOT_FOUND'],
])('control: %s', async (_what, path, body, status, code) => {
  const { url } = await testSandbox();
  expect(await control(url, path, body)).toEqual({ status, body: { error: { code, message: expect.any(String) } } });
});
