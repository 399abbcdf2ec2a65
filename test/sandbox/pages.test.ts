import { expect, test } from 'vitest';
import { browserOfFile, phone } from '../support/browser.ts';
import { control, exec, newNumber, receiver, sdkFor, testSandbox, tradeOf, until } from './fixture.ts';

const browser = browserOfFile();

// The pages in a real browser: their scripts run under their own policy.

async function checkout(more: { kind: 'page' | 'wap'; biz?: object }) {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const shop = await receiver(() => 'welcome back');
  const outTradeNo = newNumber();
  const product_code = more.kind === 'page' ? 'FAST_INSTANT_TRADE_PAY' : 'QUICK_WAP_WAY';
  const bizContent = { out_trade_no: outTradeNo, total_amount: '88.80', subject: '拿铁', product_code, ...more.biz };
  const link = sdk.pageExecute(`alipay.trade.${more.kind}.pay`, 'GET', { bizContent, returnUrl: shop.url });
  return { url, outTradeNo, shop, link };
}

test('the payer logs on, pays, and is back at the shop', async () => {
  const { url, outTradeNo, link } = await checkout({ kind: 'page' });
  const page = await browser.openPage(link, { locale: 'zh-CN' });
  expect(await page.locator('#pay').isVisible()).toBe(false);
  expect(await tradeOf(url, outTradeNo)).toBeUndefined();
  await page.getByText('登录并付款').click();
  await page.getByText('确认付款').click();
  await page.waitForURL(/\/notify\?mine=1&.*method=alipay\.trade\.page\.pay\.return/);
  expect(await page.textContent('body')).toBe('welcome back');
  expect((await tradeOf(url, outTradeNo)).status).toBe('TRADE_SUCCESS');
});

test('a payer who leaves a wap page goes where the shop says, and has paid nothing', async () => {
  const elsewhere = await receiver(() => 'the cart');
  const { url, outTradeNo, link } = await checkout({ kind: 'wap', biz: { quit_url: elsewhere.url } });
  const page = await browser.openPage(link, { viewport: phone, locale: 'en-GB' });
  await page.getByText('Log on to pay').click();
  await page.getByText('Leave').click();
  await page.waitForURL(elsewhere.url);
  expect((await tradeOf(url, outTradeNo)).status).toBe('WAIT_BUYER_PAY');
});

test('a till scans the code on the phone; the phone asks, the buyer confirms', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const page = await browser.openPage(`${url}/wallet/code`, { viewport: phone, locale: 'zh-CN' });
  const shown = ((await page.locator('.digits').textContent()) ?? '').replaceAll(' ', '');
  const sale = { out_trade_no: newNumber(), total_amount: '8800.71', subject: '拿铁', auth_code: shown };
  expect((await exec(sdk, 'pay', sale)).code).toBe('10003');
  await page.locator('#pay').click();
  await page.locator('h1', { hasText: '支付成功' }).waitFor();
  expect((await tradeOf(url, sale.out_trade_no)).status).toBe('TRADE_SUCCESS');
});

test('a code that ran out gives way to a fresh one by itself', async () => {
  const { url } = await testSandbox();
  const page = await browser.openPage(`${url}/wallet/code`, { viewport: phone });
  const first = await page.locator('.digits').textContent();
  await control(url, 'clock', { advanceMs: 60_000 });
  await until(
    () => page.locator('.digits').textContent(),
    (shown) => shown !== null && shown !== first,
  );
});
