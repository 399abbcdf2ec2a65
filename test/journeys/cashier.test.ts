// The pages of a buyer in a real Chromium: the hosted cashier page and the page to come back to.
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { browserOfFile, phone, tablet } from '../support/browser.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import { ask, dataOf } from '../support/graphql-client.ts';
import { type Created, createOrder, newOrder, sell } from '../support/sale.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { SOON, stage } from './till-page.ts';

const REFUND = graphql(`
  mutation RefundForAReason($ref: OrderRef!, $amount: Amount!) {
    refundOrder(input: { order: $ref, refundNo: "R1", amount: $amount, reason: "secret reason" }) { __typename }
  }
`);
const PAGE = graphql(`
  mutation OpenPage($ref: OrderRef!, $method: PaymentMethod!) {
    createRedirectPayment(input: { order: $ref, method: $method }) { ... on Payment { redirectUrl } }
  }
`);

const browser = browserOfFile();
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway();
});

interface Words {
  readonly locale: string;
  readonly scan: string;
  readonly tap: string;
  readonly paid: string;
  readonly back: string;
  readonly page: string;
  readonly elsewhere: string;
}

const languages: readonly Words[] = [
  {
    locale: 'en-GB',
    scan: 'Scan to pay',
    tap: 'Open the wallet',
    paid: 'Paid',
    back: 'Given back',
    page: 'Pay on Alipay’s page',
    elsewhere: 'Please look at the shop’s screen.',
  },
  {
    locale: 'zh-CN',
    scan: '扫码付款',
    tap: '打开钱包',
    paid: '支付成功',
    back: '已退回',
    page: '前往支付宝页面付款',
    elsewhere: '请查看店铺的屏幕。',
  },
];

test.each(languages)(
  'on a desktop the buyer scans, pays, and sees what is given back ($locale)',
  async (words) => {
    const { createOrder: order } = await sell(gateway, newOrder({ subject: 'Two coffees' }));
    const look = { locale: words.locale, viewport: tablet };
    const page = await browser.openPage(`${gateway.url}/pay/${order.id}#${order.clientToken}`, look);
    await page.getByText(words.scan, { exact: true }).waitFor(SOON);
    await page.locator('.figure.code img').waitFor(SOON);
    expect(await page.locator('.wallet').count()).toBe(0);

    await sandboxClient(gateway).pay(order.merchantOrderNo);
    await page.locator(stage('paid')).waitFor(SOON);
    await page.getByText(words.paid, { exact: true }).waitFor(SOON);
    await dataOf(ask(gateway, REFUND, { ref: { id: order.id }, amount: '1.00' }));
    await page.locator('[data-refund="SUCCEEDED"]', { hasText: words.back }).waitFor(SOON);
    expect(await page.locator('body').textContent()).not.toContain('secret');
  },
  90_000,
);

test.each(languages)(
  'on a phone the buyer presses; the token stays in the fragment ($locale)',
  async (words) => {
    const { createOrder: order } = await sell(gateway, newOrder());
    const { clientToken, id, merchantOrderNo } = order;
    const asked: string[] = [];
    const page = await browser.openPage('about:blank', { locale: words.locale, viewport: phone, hasTouch: true });
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${gateway.url}/pay/${id}#${clientToken}`);
    const button = page.getByRole('link', { name: words.tap });
    await button.waitFor(SOON);
    expect(await button.getAttribute('href')).toContain('/wallet/');
    expect(await page.locator('.figure.code img').isVisible()).toBe(false);
    expect(await fitsIn(page)).toBe(true);
    await sandboxClient(gateway).pay(merchantOrderNo);
    await page.locator(stage('paid')).waitFor(SOON);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.filter((url) => new URL(url).href.replace(/#.*/, '').includes(clientToken))).toEqual([]);
  },
  90_000,
);

test.each(languages)(
  'a buyer sent to Alipay’s page pays there and comes back to PAID ($locale)',
  async (words) => {
    const { order } = await pageSale(gateway);
    const look = { locale: words.locale, viewport: phone, hasTouch: true };
    const page = await browser.openPage(`${gateway.url}/pay/${order.id}#${order.clientToken}`, look);
    await page.locator(stage('at_alipay')).waitFor(SOON);
    await page.getByRole('link', { name: words.page }).click(SOON);
    await page.locator('button:visible').first().click(SOON); // logs on
    await page.locator('#pay:not([disabled])').click(SOON);
    await page.waitForURL(`${gateway.url}/alipay/return**`, SOON);
    await page.locator(stage('paid')).waitFor(SOON);
    await page.getByText(words.paid, { exact: true }).waitFor(SOON);
    expect(page.url()).toBe(`${gateway.url}/alipay/return`);
  },
  90_000,
);

test.each(languages)(
  'a return without a valid signature shows no order ($locale)',
  async ({ locale, elsewhere }) => {
    const page = await browser.openPage(`${gateway.url}/alipay/return?out_trade_no=1&sign=x`, { locale });
    await page.getByText(elsewhere).waitFor(SOON);
    expect(await page.locator('[data-order-id]').count()).toBe(0);
    expect(page.url()).not.toContain('out_trade_no');
  },
  60_000,
);

/** An order whose buyer is to pay on Alipay's page. */
async function pageSale(gateway: Gateway): Promise<{ readonly order: Created }> {
  const order = await createOrder(gateway, newOrder());
  await dataOf(ask(gateway, PAGE, { ref: { id: order.id }, method: 'WAP' }));
  return { order };
}

/** Nothing hangs over the right edge. */
function fitsIn(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
}
