import { createVerify } from 'node:crypto';
import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import {
  appInfo,
  control,
  newNumber,
  precreate,
  type Received,
  read,
  receiver,
  sdkFor,
  testSandbox,
  until,
} from './fixture.ts';
import { rawCall } from './raw-call.ts';

/** Verified without any SDK: every field but sign and sign_type, sorted. */
function verifies(form: Record<string, string>, key: string, codec: 'utf8' | 'gbk' = 'utf8'): boolean {
  const names = Object.keys(form)
    .filter((name) => name !== 'sign' && name !== 'sign_type')
    .sort();
  const text = names.map((name) => `${name}=${form[name]}`).join('&');
  return createVerify('RSA-SHA256')
    .update(iconv.encode(text, codec))
    .verify(key, form.sign ?? '', 'base64');
}

async function paidSale(options: Parameters<typeof testSandbox>[0] = {}, answer?: (nth: number) => string) {
  const { url } = await testSandbox(options);
  const sdk = await sdkFor(url);
  const shop = await receiver(answer);
  const biz = { passback_params: 'a%3D1%26b', body: '大杯 +1 100%' };
  const { outTradeNo } = await precreate(sdk, { notifyUrl: shop.url, biz });
  await control(url, 'pay', { outTradeNo });
  return { url, sdk, shop, outTradeNo };
}

const stateOf = async (url: string) => (await read(url, 'trades')).trades[0].notifications[0]?.state;

test('a paid trade is told once, with every field, signed as trade notices are', async () => {
  const { url, sdk, shop, outTradeNo } = await paidSale();
  await until(
    () => stateOf(url),
    (state) => state === 'delivered',
  );
  expect(shop.heard).toHaveLength(1);
  const { form, headers } = shop.heard[0] as Received;
  const { appId, sellerId, alipayPublicKey } = await appInfo(url);
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded; charset=utf-8');
  expect(form).toMatchObject({
    notify_type: 'trade_status_sync',
    app_id: appId,
    auth_app_id: appId,
    seller_id: sellerId,
    charset: 'utf-8',
    version: '1.0',
    sign_type: 'RSA2',
    out_trade_no: outTradeNo,
    trade_status: 'TRADE_SUCCESS',
    total_amount: '88.80',
    receipt_amount: '88.80',
    subject: '拿铁 & "咖啡"',
    body: '大杯 +1 100%',
    passback_params: 'a%3D1%26b',
    fund_bill_list: '[{"amount":"88.80","fundChannel":"ALIPAYACCOUNT"}]',
    gmt_payment: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  });
  expect(form).not.toHaveProperty('refund_fee');
  expect(form).not.toHaveProperty('mine');
  expect(verifies(form, alipayPublicKey)).toBe(true);
  expect(sdk.checkNotifySignV2(form)).toBe(true);
  expect(sdk.checkNotifySignV2({ ...form, total_amount: '0.01' })).toBe(false);
});

test('anything but the seven bytes is asked again up the ladder: same notify_id, eight times, then given up', async () => {
  const replies = ['fail', 'SUCCESS', 'success\n', '"success"', '', ' success', 'ok', 'no'];
  const { url, shop } = await paidSale({ timeScale: 1_000_000 }, (nth) => replies[nth - 1] ?? 'success');
  await until(
    () => stateOf(url),
    (state) => state === 'given_up',
  );
  expect(shop.heard).toHaveLength(8);
  expect(new Set(shop.heard.map(({ form }) => form.notify_id)).size).toBe(1);
});

test('the gaps of the ladder keep their proportions', async () => {
  const { url, shop } = await paidSale({ timeScale: 1 }, (nth) => (nth < 3 ? 'fail' : 'success'));
  await until(
    () => shop.heard.length,
    (count) => count === 1,
  );
  await control(url, 'settings', { ladder: '0,100m,300m', timeScale: 60_000 });
  await until(
    () => stateOf(url),
    (state) => state === 'delivered',
  );
  const [first = 0, second = 0, third = 0] = (await read(url, 'trades')).trades[0].notifications[0].attempts.map(
    ({ at }: { at: string }) => Date.parse(at),
  );
  expect(second - first).toBeGreaterThanOrEqual(95);
  expect(third - second).toBeGreaterThanOrEqual(295);
});

test('face-to-face tells success only; the other statuses are switches', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const shop = await receiver();
  const heard = (status: string) =>
    until(
      () => shop.heard.map(({ form }) => form.trade_status),
      (all) => all.at(-1) === status,
    );
  const quiet = await precreate(sdk, { notifyUrl: shop.url });
  await control(url, 'scan', { qrCode: quiet.qrCode });
  await control(url, 'close', { outTradeNo: quiet.outTradeNo });
  expect((await read(url, 'trades')).trades[0].notifications).toEqual([]);
  await control(url, 'settings', { notifyOn: ['WAIT_BUYER_PAY', 'TRADE_SUCCESS', 'TRADE_CLOSED', 'TRADE_FINISHED'] });
  const loud = await precreate(sdk, { notifyUrl: shop.url });
  await control(url, 'scan', { qrCode: loud.qrCode });
  await heard('WAIT_BUYER_PAY');
  await control(url, 'close', { outTradeNo: loud.outTradeNo });
  await heard('TRADE_CLOSED');
  expect(shop.heard.at(-1)?.form).toHaveProperty('gmt_close');
  expect(shop.heard.at(-1)?.form).not.toHaveProperty('refund_fee');
  const done = await precreate(sdk, { notifyUrl: shop.url });
  await control(url, 'pay', { outTradeNo: done.outTradeNo });
  await heard('TRADE_SUCCESS');
  await control(url, 'finish', { outTradeNo: done.outTradeNo });
  await heard('TRADE_FINISHED');
});

test('refund notices: cumulative fee, fraction of a second, the refund number; the last one closes', async () => {
  const { url, sdk, shop, outTradeNo } = await paidSale();
  await until(
    () => shop.heard.length,
    (count) => count === 1,
  );
  await control(url, 'refund', { outTradeNo, amount: '8.80', outRequestNo: 'R1' });
  await until(
    () => shop.heard.length,
    (count) => count === 2,
  );
  await control(url, 'refund', { outTradeNo, amount: '80.00', outRequestNo: 'R2' });
  await until(
    () => shop.heard.length,
    (count) => count === 3,
  );
  const [paid, partial, full] = shop.heard.map(({ form }) => form);
  expect(partial).toMatchObject({ trade_status: 'TRADE_SUCCESS', refund_fee: '8.80', out_biz_no: 'R1' });
  expect(partial?.gmt_refund).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
  expect(partial).not.toHaveProperty('gmt_close');
  expect(full).toMatchObject({
    trade_status: 'TRADE_CLOSED',
    refund_fee: '88.80',
    out_biz_no: 'R2',
    gmt_close: expect.anything(),
  });
  expect(new Set([paid, partial, full].map((form) => form?.notify_id)).size).toBe(3);
  for (const form of [paid, partial, full]) expect(sdk.checkNotifySignV2(form)).toBe(true);
});

test('an order called in GBK is told in GBK', async () => {
  const { url } = await testSandbox();
  const shop = await receiver();
  const outTradeNo = newNumber();
  const biz = { out_trade_no: outTradeNo, total_amount: '1.00', subject: '龙井茶' };
  await rawCall(url, { codec: 'gbk', params: { charset: 'GBK', notify_url: shop.url }, biz });
  await control(url, 'pay', { outTradeNo });
  await until(
    () => shop.heard.length,
    (count) => count === 1,
  );
  const { raw, headers } = shop.heard[0] as Received;
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded; charset=GBK');
  expect(raw).toContain('subject=%C1%FA%BE%AE%B2%E8');
  const form = Object.fromEntries(raw.split('&').map((pair) => pair.split('=').map(fromGbk) as [string, string]));
  expect(form.charset).toBe('GBK');
  expect(verifies(form, (await appInfo(url)).alipayPublicKey, 'gbk')).toBe(true);
});

function fromGbk(text: string): string {
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return iconv.decode(Buffer.from(bytes, 'latin1'), 'gbk');
}

test('a close call with a notify_url tells TRADE_CLOSED there', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const shop = await receiver();
  const { outTradeNo, qrCode } = await precreate(sdk);
  await control(url, 'scan', { qrCode });
  await sdk.exec('alipay.trade.close', { notifyUrl: shop.url, bizContent: { outTradeNo } });
  await until(
    () => shop.heard.length,
    (count) => count === 1,
  );
  expect(shop.heard[0]?.form).toMatchObject({ trade_status: 'TRADE_CLOSED', out_trade_no: outTradeNo });
});

test.each([
  [500, 'refused'],
  [302, 'refused'],
  [201, 'refused'],
  [null, 'unreachable'],
])('`success` with HTTP status %s: %s', async (status, result) => {
  const { url } = await testSandbox({ timeScale: 1 });
  const shop = await receiver(() => 'success', status ?? 200);
  const notifyUrl = status === null ? 'http://127.0.0.1:1/notify' : shop.url;
  const { outTradeNo } = await precreate(await sdkFor(url), { notifyUrl });
  await control(url, 'pay', { outTradeNo });
  const look = async () => (await read(url, 'trades')).trades[0].notifications[0];
  const notice = await until(look, ({ attempts }) => attempts.length === 1);
  expect(notice).toMatchObject({ state: 'pending', attempts: [{ result, httpStatus: status }] });
  expect(shop.heard).toHaveLength(status === null ? 0 : 1);
});
