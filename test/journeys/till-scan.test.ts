// The till in a real Chromium: what the till scans.
import { beforeAll, expect, test } from 'vitest';
import { browserOfFile } from '../support/browser.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { openTillPage, SOON } from './till-page.ts';

const browser = browserOfFile();
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({ CHECK_INTERVAL_SECONDS: '0.5' });
});

test('an amount typed, a payment code scanned: paid, and the code is nowhere to be read', async () => {
  const till = await openTillPage(browser, gateway);
  const { page } = till;
  const urls: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  await till.scan('281234567890123456');
  await page.getByText('Type the amount first').waitFor(SOON);
  expect(await page.locator('output.empty').count()).toBe(1);

  await till.type('12.5');
  await page.locator('#subject').fill('tea');
  const code = await till.scanFreshCode(); // into a field that has the focus
  await till.at('paid');
  const left = await page.evaluate(
    () => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.body.innerHTML,
  );
  for (const place of [...urls, page.url(), left]) expect(place).not.toContain(code);
  expect(await page.locator('article .subject').textContent()).toBe('tea');
  await page.locator('[data-method="AUTH_CODE"]', { hasText: '12.50' }).waitFor(SOON);

  await till.nextSale();
  expect(await page.locator('output.empty').count()).toBe(1);
}, 90_000);

test('a code scanned while the QR code waits pays that order; a refused one says why and the QR code comes back', async () => {
  const till = await openTillPage(browser, gateway, 'zh-CN');
  const orderId = await till.sell('8800.75');
  await till.scanFreshCode();
  await till.at('declined');
  await till.page.getByText('BUYER_BALANCE_NOT_ENOUGH').waitFor(SOON);
  await till.press('显示二维码');
  await till.at('waiting');
  expect(await till.page.locator('article').getAttribute('data-order-id')).toBe(orderId);

  await till.page.keyboard.press('Escape');
  await till.page.locator('.keypad').waitFor(SOON);
  const second = await till.sell('9');
  await till.scan('6901234567892');
  await till.page.getByText('这不是支付宝付款码').waitFor(SOON);
  await till.scanFreshCode();
  await till.at('paid');
  expect(await till.page.locator('article').getAttribute('data-order-id')).toBe(second);
}, 90_000);

test('a password is asked: the till counts down, and turns PAID when the buyer confirms', async () => {
  const till = await openTillPage(browser, gateway);
  await till.type('8800.71');
  await till.scanFreshCode();
  await till.at('confirming');
  await till.page.locator('.doubt', { hasText: /0:4[0-4] left/ }).waitFor(SOON);
  const { trades } = await sandboxClient(gateway).trades();
  await sandboxClient(gateway).pay(trades.at(-1)?.outTradeNo ?? '');
  await till.at('paid');
}, 90_000);

test('what stays unclear is called off by itself, and says so', async () => {
  const till = await openTillPage(browser, gateway);
  await till.type('8800.74');
  await till.scanFreshCode();
  await till.at('in_doubt');
  // The till is in doubt from the moment it asks; its time counts from when the gateway has begun.
  await till.page.locator('.doubt', { hasText: /0:4[0-5] left/ }).waitFor(SOON);
  await sandboxClient(gateway).advance(46_000);
  await till.at('declined');
  await till.page.getByText('called off').waitFor(SOON);
});

test('what is in doubt can be undone at once', async () => {
  const till = await openTillPage(browser, gateway);
  await till.type('8800.71');
  await till.scanFreshCode();
  await till.at('confirming');
  await till.press('Undo');
  await till.press('Yes, undo the sale');
  await till.at('cancelled');
});
