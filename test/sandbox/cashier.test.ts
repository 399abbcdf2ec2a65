import type { AlipaySdk } from 'alipay-sdk';
import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import {
  advance,
  appInfo,
  control,
  exec,
  type Json,
  newNumber,
  precreate,
  read,
  receiver,
  sdkFor,
  testSandbox,
  tradeOf,
  until,
} from './fixture.ts';

const PAGE = { product_code: 'FAST_INSTANT_TRADE_PAY', subject: '拿铁 "大杯"', total_amount: '88.80' };
const json = { 'content-type': 'application/json' };
const press = async (page: string, button: string): Promise<Json> =>
  (await fetch(`${page}/${button}`, { method: 'POST', headers: json, body: '{}' })).json();

type Ordered = { outTradeNo: string; link: string };

/** The link a shop's page sends the browser to. */
function pageLink(sdk: AlipaySdk, more: { kind?: 'page' | 'wap'; params?: object; biz?: object } = {}): Ordered {
  const outTradeNo = newNumber();
  const { kind = 'page', params = {}, biz = {} } = more;
  const product = kind === 'page' ? {} : { product_code: 'QUICK_WAP_WAY' };
  const bizContent = { out_trade_no: outTradeNo, ...PAGE, ...product, ...biz };
  const link = sdk.pageExecute(`alipay.trade.${kind}.pay`, 'GET', { bizContent, ...params });
  return { outTradeNo: String(bizContent.out_trade_no), link };
}

async function arrive(link: string) {
  const answer = await fetch(link);
  return { page: answer.url, html: await answer.text(), answer };
}

test.each(['page', 'wap'] as const)(
  '%s.pay: no trade before the payer logs on; paying leads back to the shop',
  async (kind) => {
    const { url } = await testSandbox();
    const sdk = await sdkFor(url);
    const shop = await receiver();
    const params = { returnUrl: 'http://shop.example/done?mine=1', notifyUrl: shop.url };
    const { outTradeNo, link } = pageLink(sdk, { kind, params });
    const { page, html, answer } = await arrive(link);
    expect([answer.status, page]).toEqual([200, expect.stringMatching(/\/wallet\/cas[0-9a-z]{25}$/)]);
    expect(html).toContain('data-state="arrived"');
    expect(html).toContain('拿铁 &quot;大杯&quot;');
    expect((await exec(sdk, 'query', { outTradeNo })).subCode).toBe('ACQ.TRADE_NOT_EXIST');
    expect(await press(page, 'scan')).toEqual({ state: 'ready' });
    expect((await exec(sdk, 'query', { outTradeNo })).tradeStatus).toBe('WAIT_BUYER_PAY');
    const done = await press(page, 'pay');
    expect(done.state).toBe('paid');
    await returnedWell(url, new URL(done.returnTo), { outTradeNo, kind });
    expect(sdk.checkNotifySignV2(returned(done.returnTo))).toBe(true);
    expect(await tradeOf(url, outTradeNo)).toMatchObject({ status: 'TRADE_SUCCESS', madeBy: kind });
    await until(
      () => shop.heard.length,
      (count) => count === 1,
    );
  },
);

/** Alipay's parameters without the shop's own. */
function returned(url: string): Record<string, string> {
  const { mine, ...fields } = Object.fromEntries(new URL(url).searchParams);
  expect(mine).toBe('1');
  return fields;
}

async function returnedWell(url: string, to: URL, { outTradeNo, kind }: { outTradeNo: string; kind: string }) {
  const { appId, sellerId } = await appInfo(url);
  expect(to.origin + to.pathname).toBe('http://shop.example/done');
  expect(Object.fromEntries(to.searchParams)).toEqual({
    mine: '1',
    app_id: appId,
    auth_app_id: appId,
    charset: 'utf-8',
    method: `alipay.trade.${kind}.pay.return`,
    out_trade_no: outTradeNo,
    seller_id: sellerId,
    sign: expect.stringMatching(/^[A-Za-z0-9+/=]{344}$/),
    sign_type: 'RSA2',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    total_amount: '88.80',
    trade_no: (await tradeOf(url, outTradeNo)).tradeNo,
    version: '1.0',
  });
}

test('a form posted by the SDK’s page opens the same cashier', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const bizContent = { out_trade_no: newNumber(), ...PAGE, subject: '茶' };
  const form = sdk.pageExecute('alipay.trade.page.pay', 'POST', { bizContent });
  const action = /action="([^"]+)"/.exec(form)?.[1] ?? '';
  const fields = [...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"')] as [string, string],
  );
  const answer = await fetch(action, { method: 'POST', body: new URLSearchParams(fields) });
  expect(await answer.text()).toContain('data-state="arrived"');
});

test('without return_url the browser stays; a payer who leaves pays nothing, and wap.pay names where to go', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const { page, html } = await arrive(
    pageLink(sdk, { kind: 'wap', biz: { quit_url: 'http://shop.example/cart?a=1&b=2' } }).link,
  );
  expect(html).toContain('data-quit="http://shop.example/cart?a=1&amp;b=2"');
  expect(await press(page, 'scan')).toEqual({ state: 'ready' });
  expect(await press(page, 'pay')).toEqual({ state: 'paid' });
  const strange = await arrive(pageLink(sdk, { kind: 'wap', biz: { quit_url: 'javascript:alert(1)' } }).link);
  expect(strange.html).not.toContain('javascript:');
});

test('every opening is a page of its own; one trade for all of them', async () => {
  const { url } = await testSandbox();
  const { outTradeNo, link } = pageLink(await sdkFor(url));
  const [one, other] = [await arrive(link), await arrive(link)];
  expect(one.page).not.toBe(other.page);
  await press(one.page, 'scan');
  expect(await press(other.page, 'pay')).toEqual({ state: 'paid' });
  expect((await read(url, 'trades')).total).toBe(1);
  expect((await read(url, 'orders')).orders).toMatchObject([
    { outTradeNo, precreates: 0, codes: [], cashiers: [{}, {}] },
  ]);
  const late = await arrive(link);
  expect(late.html).toContain('ACQ.TRADE_HAS_SUCCESS');
});

test('the control API pays a cashier’s order, too: the payer logs on first', async () => {
  const { url } = await testSandbox();
  const { outTradeNo, link } = pageLink(await sdkFor(url));
  await arrive(link);
  expect((await control(url, 'pay', { outTradeNo })).body).toMatchObject({ status: 'TRADE_SUCCESS', amount: '88.80' });
});

test.each<[string, object, RegExp]>([
  ['no product', { product_code: '' }, /ACQ\.INVALID_PARAMETER.*product_code/s],
  ['another product', { product_code: 'QUICK_WAP_WAY' }, /ACQ\.INVALID_PARAMETER.*product_code/s],
  ['no subject', { subject: '' }, /ACQ\.INVALID_PARAMETER.*subject不能为空/s],
  ['too much', { total_amount: '100000000.01' }, /ACQ\.TOTAL_FEE_EXCEED/],
])('page.pay with %s: a page in GBK says why', async (_what, biz, reason) => {
  const { url } = await testSandbox();
  const answer = await fetch(pageLink(await sdkFor(url), { biz }).link);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html;charset=GBK']);
  const html = iconv.decode(Buffer.from(await answer.arrayBuffer()), 'gbk');
  expect(html).toMatch(reason);
  expect(html).toContain('错误代码');
  expect((await read(url, 'orders')).total).toBe(0);
});

test('a page call changed after signing is refused, with the verified string as text', async () => {
  const { url } = await testSandbox();
  const { link } = pageLink(await sdkFor(url), { biz: { subject: '<script>alert(1)</script>' } });
  const html = await (await fetch(link.replace('88.80', '0.01'))).text();
  expect(html).toContain('isv.invalid-signature');
  expect(html).not.toContain('<script>');
});

test('an unpaid page lasts as long as the sale may be paid, and a trade 15 days from the log-on', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const short = await arrive(pageLink(sdk, { biz: { timeout_express: '10m' } }).link);
  const long = pageLink(sdk);
  const { page } = await arrive(long.link);
  await advance(url, 10 * 60_000);
  expect(await press(short.page, 'scan')).toEqual({ state: 'expired' });
  expect(await press(page, 'scan')).toEqual({ state: 'ready' });
  await advance(url, 15 * 86_400_000 - 60_000);
  expect((await tradeOf(url, long.outTradeNo)).status).toBe('WAIT_BUYER_PAY');
  await advance(url, 60_000);
  expect((await tradeOf(url, long.outTradeNo)).status).toBe('TRADE_CLOSED');
});

test('wap.pay takes a time_expire without seconds', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const past = pageLink(sdk, { kind: 'wap', biz: { time_expire: '2020-01-01 00:00' } });
  expect((await arrive(past.link)).html).toContain('ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR');
  const future = pageLink(sdk, { kind: 'wap', biz: { time_expire: '2099-01-01 00:00' } });
  expect((await arrive(future.link)).html).toContain('data-state="arrived"');
});

test('cancel ends a page nobody logged on to, and its link opens none any more', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const { outTradeNo, link } = pageLink(sdk);
  const { page } = await arrive(link);
  expect(await exec(sdk, 'cancel', { outTradeNo })).not.toHaveProperty('action');
  expect(await press(page, 'scan')).toEqual({ state: 'expired' });
  expect((await arrive(link)).html).toContain('ACQ.TRADE_HAS_CLOSE');
});

test.each<[string, object, RegExp | number]>([
  ['unknown', { kind: 'unknown' }, /isp\.unknow-error/],
  ['an answer', { kind: 'answer', code: '40004', subCode: 'ACQ.ACCESS_FORBIDDEN' }, /ACQ\.ACCESS_FORBIDDEN/],
  ['an HTTP 500', { kind: 'http_500' }, 500],
])('faults strike page calls: %s', async (_what, fault, seen) => {
  const { url } = await testSandbox();
  await control(url, 'faults', { on: 'alipay.trade.page.pay', ...fault });
  const { link } = pageLink(await sdkFor(url));
  const answer = await fetch(link);
  if (typeof seen === 'number') expect(answer.status).toBe(seen);
  else expect(await answer.text()).toMatch(seen);
  expect((await read(url, 'orders')).total).toBe(0);
  expect((await arrive(link)).html).toContain('data-state="arrived"');
});

test.each([
  ['wrong_sign', 344],
  ['no_sign', undefined],
])('%s on a page call comes back with the payer', async (kind, length) => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  await control(url, 'faults', { on: 'alipay.trade.page.pay', kind });
  const { page } = await arrive(pageLink(sdk, { params: { returnUrl: 'http://shop.example/?mine=1' } }).link);
  await press(page, 'scan');
  const fields = returned((await press(page, 'pay')).returnTo);
  expect(fields.sign?.length).toBe(length);
  if (length !== undefined) expect(sdk.checkNotifySignV2(fields)).toBe(false);
});

const APP = { product_code: 'QUICK_MSECURITY_PAY', subject: '茶', total_amount: '6.00' };

function orderString(sdk: AlipaySdk, biz: object = {}): Ordered {
  const outTradeNo = newNumber();
  const bizContent = { out_trade_no: outTradeNo, ...APP, ...biz };
  return { outTradeNo, link: sdk.sdkExecute('alipay.trade.app.pay', { bizContent }) };
}

test('app.pay: an order string makes the trade and pays it, or leaves it unpaid', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const paid = orderString(sdk);
  expect(await control(url, 'app-pay', { orderString: paid.link })).toEqual({
    status: 200,
    body: {
      outTradeNo: paid.outTradeNo,
      tradeNo: expect.stringMatching(/^\d{28}$/),
      status: 'TRADE_SUCCESS',
      amount: '6.00',
      resultStatus: '9000',
    },
  });
  expect(await tradeOf(url, paid.outTradeNo)).toMatchObject({ madeBy: 'app' });
  const left = orderString(sdk);
  const { body } = await control(url, 'app-pay', { orderString: left.link, act: 'leave' });
  expect(body).toMatchObject({ status: 'WAIT_BUYER_PAY', resultStatus: '6001' });
  expect((await control(url, 'app-pay', { orderString: left.link })).body.status).toBe('TRADE_SUCCESS');
  expect(await control(url, 'app-pay', { orderString: left.link })).toMatchObject({
    status: 409,
    body: { error: { code: 'ORDER_STRING_REFUSED', message: expect.stringContaining('ACQ.TRADE_HAS_SUCCESS') } },
  });
});

test.each<[string, (good: string) => string, string]>([
  ['changed after signing', (good) => good.replace('6.00', '0.06'), 'isv.invalid-signature'],
  ['of another method', (good) => good.replace('app.pay', 'page.pay'), 'isv.invalid-signature'],
  ['of nothing', () => 'hello', 'isv.missing-app-id'],
])('an order string %s is refused', async (_what, spoil, subCode) => {
  const { url } = await testSandbox();
  const { link } = orderString(await sdkFor(url));
  const { status, body } = await control(url, 'app-pay', { orderString: spoil(link) });
  expect([status, body.error.message]).toEqual([409, expect.stringContaining(subCode)]);
  expect((await read(url, 'orders')).total).toBe(0);
});

test('faults strike app.pay: an unknown result that was paid, and a dead connection', async () => {
  const { url } = await testSandbox();
  const { outTradeNo, link } = orderString(await sdkFor(url));
  await control(url, 'faults', { on: 'alipay.trade.app.pay', kind: 'drop' });
  await expect(control(url, 'app-pay', { orderString: link })).rejects.toThrow();
  await control(url, 'faults', { on: 'alipay.trade.app.pay', kind: 'unknown', acts: true });
  expect((await control(url, 'app-pay', { orderString: link })).body).toEqual({ resultStatus: '6004' });
  expect((await tradeOf(url, outTradeNo)).status).toBe('TRADE_SUCCESS');
});

test('a full refund of an online payment is told; of a face-to-face one it is not', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const shop = await receiver();
  const { outTradeNo, link } = pageLink(sdk, { params: { notifyUrl: shop.url } });
  await arrive(link);
  const face = await precreate(sdk, { notifyUrl: shop.url });
  for (const number of [face.outTradeNo, outTradeNo]) {
    await control(url, 'pay', { outTradeNo: number });
    await advance(url, 0);
    await exec(sdk, 'refund', { out_trade_no: number, refund_amount: '88.80' });
  }
  await advance(url, 0);
  const told = shop.heard.map(({ form }) => [form.out_trade_no, form.trade_status]);
  expect(told).toEqual([
    [face.outTradeNo, 'TRADE_SUCCESS'],
    [outTradeNo, 'TRADE_SUCCESS'],
    [outTradeNo, 'TRADE_CLOSED'],
  ]);
});
