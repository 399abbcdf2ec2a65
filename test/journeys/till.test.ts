// The pages in a real Chromium, as a cashier and a buyer meet them.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { phone, tablet, withBrowser } from '../support/browser.ts';
import { startGateway } from '../support/gateway.ts';
import { newOrder, sell } from '../support/sale.ts';
import { sandboxClient } from '../support/sandbox-client.ts';

const PAID = '[data-stage="paid"]';
const SOON = { timeout: 20_000 };

/** The till signs in by itself, and the amount is typed on a keyboard: no mouse. */
async function sellByKeyboard(till: Page, amount: string): Promise<string> {
  await till.locator('.keypad').waitFor(SOON);
  await till.keyboard.type(amount);
  await till.keyboard.press('Enter');
  await till.locator('[data-order-id] img').first().waitFor(SOON);
  return (await till.locator('article[data-order-id]').first().getAttribute('data-order-id')) ?? '';
}

test('a cashier sells, the buyer pays in the wallet behind the code, the till turns PAID', async () => {
  const gateway = await startGateway();
  await withBrowser(async (browser) => {
    const till = await browser.openPage(`${gateway.url}/pos`, { locale: 'en-GB', viewport: tablet });
    const orderId = await sellByKeyboard(till, '12.5');
    expect(orderId).toMatch(/^ord_/);

    const [wallet] = await Promise.all([till.context().waitForEvent('page'), till.locator('.play a').click()]);
    await wallet.locator('#pay:not([disabled])').waitFor(SOON);
    expect(await wallet.locator('body').textContent()).toContain('12.50');
    await wallet.locator('#pay').click();

    await till.locator(PAID).first().waitFor(SOON);
    if (process.env.TILL_PICTURE !== undefined) await till.screenshot({ path: process.env.TILL_PICTURE });
  });
}, 90_000);

test('the till rides through a killed gateway and sees what happened meanwhile', async () => {
  const gateway = await startGateway();
  await withBrowser(async (browser) => {
    const till = await browser.openPage(`${gateway.url}/pos`, { locale: 'zh-CN', viewport: tablet });
    await sellByKeyboard(till, '8');
    const code = await till.locator('.play a').getAttribute('href');
    await gateway.kill();
    const again = await startGateway(gateway.env);
    await sandboxClient(again).scan(code ?? '');
    const { trades } = await sandboxClient(again).trades();
    await sandboxClient(again).pay(trades[0]?.outTradeNo ?? '');
    await till.locator(PAID).first().waitFor({ timeout: 40_000 });
  });
}, 120_000);

test('a buyer sees the order on a phone, with its token in the fragment only, and its end', async () => {
  const gateway = await startGateway();
  const { createOrder } = await sell(gateway, newOrder({ subject: 'Two coffees' }));
  const { clientToken, id, merchantOrderNo } = createOrder;
  const asked: string[] = [];
  await withBrowser(async (browser) => {
    const page = await browser.openPage('about:blank', { locale: 'en-GB', viewport: phone, hasTouch: true });
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${gateway.url}/pay/${id}#${clientToken}`);
    await page.getByText('Two coffees').waitFor(SOON);
    await sandboxClient(gateway).pay(merchantOrderNo);
    await page.locator(PAID).first().waitFor(SOON);
  });
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.filter((url) => new URL(url).href.replace(/#.*/, '').includes(clientToken))).toEqual([]);
}, 90_000);

test('a return without a valid signature shows no order', async () => {
  const gateway = await startGateway();
  await withBrowser(async (browser) => {
    const page = await browser.openPage(`${gateway.url}/alipay/return?out_trade_no=1&sign=x`, { locale: 'en-GB' });
    await page.getByText(/shop.s screen/i).waitFor(SOON);
    expect(await page.locator('[data-order-id]').count()).toBe(0);
    expect(page.url()).not.toContain('out_trade_no');
  });
}, 60_000);
