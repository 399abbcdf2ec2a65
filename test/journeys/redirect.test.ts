// A buyer is sent to Alipay: by a page, a mobile page or an app, comes back, and the order is paid.
import { beforeAll, expect, test } from 'vitest';
import { type Counter, counter } from '../support/counter.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import type { CreateRedirectPaymentInput } from '../support/gql/graphql.ts';
import { follow, readOrder } from '../support/sale.ts';
import { type SandboxClient, sandboxClient, theTrade } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';

let gateway: Gateway;
let till: Counter;
let alipay: SandboxClient;

beforeAll(async () => {
  gateway = await startGateway({ CHECK_INTERVAL_SECONDS: '1' });
  till = counter(gateway);
  alipay = sandboxClient(gateway);
});

async function view(query: string) {
  const response = await fetch(`${gateway.url}/alipay/return/view${query}`);
  return { status: response.status, said: await response.json() };
}

test.each([
  ['PAGE', 'page', 'alipay.trade.page.pay'],
  ['WAP', 'wap', 'alipay.trade.wap.pay'],
] as const)(
  '%s: the buyer opens the URL, pays, comes back to our page and is shown the order',
  async (method, madeBy, called) => {
    const { id, merchantOrderNo } = await till.open();
    const offer = await till.redirect(id, { method });
    expect(offer).toMatchObject({
      __typename: 'Payment',
      method,
      status: 'AWAITING_BUYER',
      orderString: null,
      qrCode: null,
    });
    expect(await till.redirect(id, { method })).toEqual(offer);
    const url = new URL(offer.redirectUrl ?? '');
    expect([url.searchParams.get('method'), url.searchParams.get('sign_type')]).toEqual([called, 'RSA2']);
    expect((await alipay.trades({ outTradeNo: merchantOrderNo })).total).toBe(0);

    const feed = follow(gateway, { orderId: id });
    const page = await alipay.openPage(url.href);
    expect(page).toContain('wallet/cas');
    expect(await alipay.onPage(page, 'scan')).toMatchObject({ state: 'ready' });
    const { state, returnTo = '' } = await alipay.onPage(page, 'pay');
    expect([state, new URL(returnTo).pathname]).toEqual(['paid', '/alipay/return']);
    expect(await theTrade(alipay, merchantOrderNo)).toMatchObject({ status: 'TRADE_SUCCESS', madeBy });
    await till.becomes(id, ({ status }) => status === 'PAID');
    const last = await until(
      () => feed.events().at(-1),
      (event) => event?.status === 'PAID',
    );
    expect(last).toMatchObject({ type: 'payment.succeeded' });
    feed.stop();

    const back = await fetch(returnTo);
    expect([back.status, back.headers.get('referrer-policy')]).toEqual([200, 'no-referrer']);
    const { status, said } = await view(new URL(returnTo).search);
    expect([status, said.orderId]).toEqual([200, id]);
    expect(await readOrder({ ...gateway, apiKey: said.clientToken }, { id })).toMatchObject({ status: 'PAID' });
    expect((await view(new URL(returnTo).search.replace(merchantOrderNo, 'another'))).status).toBe(404);
    expect((await view('')).status).toBe(404);
  },
);

test('the return URL proves nothing: an order that is not paid stays so, whatever the browser brings', async () => {
  const { id, merchantOrderNo } = await till.open();
  const query = new URLSearchParams({ out_trade_no: merchantOrderNo, trade_status: 'TRADE_SUCCESS', sign: 'AAAA' });
  expect((await fetch(`${gateway.url}/alipay/return?${query}`)).status).toBe(200);
  expect((await view(`?${query}`)).status).toBe(404);
  expect((await till.sale(id)).status).toBe('PENDING');
});

test('a page of the shop: the buyer comes back there, behind what it had in its query', async () => {
  const { id } = await till.open();
  const offer = await till.redirect(id, { method: 'PAGE', returnUrl: 'https://shop.example/thanks?cart=7' });
  const { returnTo = '' } = await alipay.onPage(await alipay.openPage(offer.redirectUrl ?? ''), 'pay');
  expect(returnTo).toMatch(/^https:\/\/shop\.example\/thanks\?cart=7&.*out_trade_no=/);
  await till.becomes(id, ({ status }) => status === 'PAID');
});

test('APP: an order string that the app hands over; left, then paid', async () => {
  const { id, merchantOrderNo } = await till.open();
  const { orderString, redirectUrl } = await till.redirect(id, { method: 'APP' });
  expect([redirectUrl, orderString?.includes('method=alipay.trade.app.pay')]).toEqual([null, true]);
  expect(await alipay.appPay(orderString ?? '', 'leave')).toMatchObject({ resultStatus: '6001' });
  expect(await alipay.appPay(orderString ?? '')).toMatchObject({ resultStatus: '9000', outTradeNo: merchantOrderNo });
  await till.becomes(id, ({ status }) => status === 'PAID');
  await expect(alipay.appPay((orderString ?? '').replace('8.88', '0.01'))).rejects.toThrow('ORDER_STRING_REFUSED');
});

/** What was offered, in order: method, status and number. */
async function offers(id: string): Promise<string[][]> {
  return (await till.sale(id)).payments.map(({ method, status, outTradeNo }) => [method, status, outTradeNo]);
}

test('QR code, page, payment code: one number as long as nobody has begun, and the money comes once', async () => {
  const { id, merchantOrderNo: number } = await till.open();
  const { qrCode } = await till.qrCode(id);
  await till.redirect(id, { method: 'PAGE' });
  const { authCode } = await alipay.authCode();
  expect(await till.scanned(id, authCode)).toMatchObject({ method: 'AUTH_CODE', status: 'SUCCEEDED' });
  expect(await offers(id)).toEqual([
    ['QR_CODE', 'CLOSED', number],
    ['PAGE', 'CLOSED', number],
    ['AUTH_CODE', 'SUCCEEDED', number],
  ]);
  await alipay.scan(qrCode?.content ?? '').catch(() => 'refused');
  expect(await till.redirect(id, { method: 'PAGE' })).toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  const { total, trades } = await alipay.trades({ outTradeNo: number });
  expect([total, trades[0]?.status, trades[0]?.refunds]).toEqual([1, 'TRADE_SUCCESS', []]);
});

test('the code that was shown first and replaced by a page is scanned and paid all the same: PAID', async () => {
  const { id } = await till.open();
  const { qrCode } = await till.qrCode(id);
  await till.redirect(id, { method: 'WAP' });
  const { outTradeNo } = await alipay.scan(qrCode?.content ?? '');
  await alipay.pay(outTradeNo);
  expect((await till.becomes(id, ({ status }) => status === 'PAID')).cases).toEqual([]);
});

test('after a scan: closed at Alipay first, then another way under a number of 61 characters', async () => {
  const { id, merchantOrderNo: number } = await till.open();
  const { qrCode } = await till.qrCode(id);
  await alipay.scan(qrCode?.content ?? '');
  const page = await till.redirect(id, { method: 'PAGE' });
  expect(page.outTradeNo).toMatch(/^[0-9A-Za-z_]{61}$/);
  expect(await theTrade(alipay, number)).toMatchObject({ status: 'TRADE_CLOSED' });
  await alipay.onPage(await alipay.openPage(page.redirectUrl ?? ''), 'pay');
  await till.becomes(id, ({ status }) => status === 'PAID');
  expect(await offers(id)).toEqual([
    ['QR_CODE', 'CLOSED', number],
    ['PAGE', 'SUCCEEDED', page.outTradeNo],
  ]);
});

test('Alipay cannot tell whether the scanned code was paid: PAYMENT_UNRESOLVED, and no second number', async () => {
  const { id, merchantOrderNo: outTradeNo } = await till.open();
  const { qrCode } = await till.qrCode(id);
  await alipay.scan(qrCode?.content ?? '');
  await alipay.fault({ on: 'alipay.trade.query', kind: 'unknown', count: 1_000, outTradeNo });
  const { authCode } = await alipay.authCode();
  for (const refused of [await till.redirect(id, { method: 'PAGE' }), await till.scanned(id, authCode)])
    expect(refused).toMatchObject({ __typename: 'PaymentUnresolved', code: 'PAYMENT_UNRESOLVED' });
  await alipay.clearFaults();
  await alipay.pay(outTradeNo);
  await till.becomes(id, ({ status }) => status === 'PAID');
  expect(await offers(id)).toEqual([['QR_CODE', 'SUCCEEDED', outTradeNo]]);
});

test.each<[string, string, Omit<CreateRedirectPaymentInput, 'order'>]>([
  // what is wrong                 field        input
  ['no method of this kind', 'method', { method: 'QR_CODE' }],
  ['a script', 'returnUrl', { method: 'PAGE', returnUrl: 'javascript:alert(1)' }],
  ['a path', 'returnUrl', { method: 'PAGE', returnUrl: '/thanks' }],
  ['nothing', 'returnUrl', { method: 'WAP', returnUrl: '' }],
  ['a password in it', 'returnUrl', { method: 'WAP', returnUrl: 'https://me:secret@shop.example/' }],
  ['too long', 'returnUrl', { method: 'PAGE', returnUrl: `https://shop.example/${'x'.repeat(240)}` }],
  ['not for an app', 'returnUrl', { method: 'APP', returnUrl: 'https://shop.example/' }],
  ['not for a page', 'quitUrl', { method: 'PAGE', quitUrl: 'https://shop.example/' }],
  ['a file', 'quitUrl', { method: 'WAP', quitUrl: 'file:///etc/passwd' }],
])('%s: INVALID_INPUT, %s', async (_, field, input) => {
  const { id } = await till.open();
  expect(await till.redirect(id, input)).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', field });
  expect((await till.sale(id)).payments).toEqual([]);
});
