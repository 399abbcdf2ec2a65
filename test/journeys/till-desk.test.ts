// The till in a real Chromium: giving back, handing over, and money that does not fit.
import { beforeAll, expect, test } from 'vitest';
import { browserOfFile } from '../support/browser.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import { ask, dataOf } from '../support/graphql-client.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { openTillPage, SOON } from './till-page.ts';

const HOLD = graphql(`mutation HoldCases { setCasePolicy(policy: HOLD) }`);

const ASK_SOMEBODY = graphql(`
  mutation AskSomebody { setConfirmationPolicy(policy: { refundAbove: "0.00" }) { __typename } }
`);
const MAKE_CHECKER = graphql(`
  mutation MakeChecker {
    createApiKey(input: { label: "checker", scopes: [REFUNDS_CONFIRM] }) {
      __typename ... on ApiKeySecret { secret } ... on ErrorResult { code }
    }
  }
`);
const WHAT_WAITS = graphql(`query WhatWaits { operations { edges { node { id kind } } } }`);
const DECIDE = graphql(`
  mutation DecideForTill($operationId: ID!, $decision: Decision!) {
    confirmOperation(input: { operationId: $operationId, decision: $decision }) { __typename }
  }
`);

const browser = browserOfFile();
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({ CHECK_INTERVAL_SECONDS: '0.5' });
});

test('a part is given back, the goods are handed over, and what is left is given back too', async () => {
  const till = await openTillPage(browser, gateway);
  const { page } = till;
  await till.type('10');
  await till.scanFreshCode();
  await till.at('paid');

  await till.press('Refund…');
  await page.locator('#refund-amount').fill('10.01');
  expect(await page.getByRole('button', { name: /^Give back/ }).isDisabled()).toBe(true);
  await page.locator('#refund-amount').fill('4');
  await page.locator('#refund-reason').fill('one cup broken');
  await page.keyboard.press('Enter');
  await page.locator('[data-refund="SUCCEEDED"]', { hasText: '4.00' }).waitFor(SOON);
  await page.locator('[data-method="AUTH_CODE"]', { hasText: '6.00' }).waitFor(SOON);

  await till.press('Handed over');
  await till.at('handed_over');
  await till.press('Refund…');
  expect(await page.locator('#refund-amount').inputValue()).toBe('6.00');
  await page.keyboard.press('Escape'); // leaves the dialog, not the order
  await till.at('handed_over');
  await till.press('Undo');
  await till.press('Yes, undo the sale');
  await till.at('refunded');
  expect(await page.locator('[data-refund="SUCCEEDED"]').count()).toBe(2);
}, 90_000);

test('a refund whose answer is lost stays one refund', async () => {
  const till = await openTillPage(browser, gateway);
  const { page } = till;
  await till.type('10');
  await till.scanFreshCode();
  await till.at('paid');
  let lost = 0;
  await page.route('**/graphql', async (route) => {
    const isRefund = route.request().postData()?.includes('RefundOrder') ?? false;
    if (!isRefund || lost > 0) return route.continue();
    lost += 1;
    await route.fetch(); // done, but nobody hears of it
    await route.abort();
  });
  await till.press('Refund…');
  await page.locator('#refund-amount').fill('4');
  await page.keyboard.press('Enter');
  await page.locator('[data-refund="SUCCEEDED"]').waitFor(SOON);
  await page.locator('dialog').waitFor({ ...SOON, state: 'detached' });
  expect(lost).toBe(1);
  expect(await page.locator('[data-refund]').count()).toBe(1);
  const { trades } = await sandboxClient(gateway).trades();
  expect(trades.at(-1)?.refunds.map(({ amount }) => amount)).toEqual(['4.00']);
}, 90_000);

test('a second tap cancels an unpaid sale; one tap does not', async () => {
  const till = await openTillPage(browser, gateway, 'zh-CN');
  await till.sell('3');
  await till.press('取消订单');
  await till.page.keyboard.press('Escape'); // takes the question back, leaves the order open
  await till.page.getByRole('button', { name: '取消订单' }).waitFor(SOON);
  await till.at('waiting');
  await till.press('取消订单');
  await till.press('确认取消');
  await till.at('cancelled');
}, 90_000);

test('late money shows as a case in the header; kept, its order turns PAID', async () => {
  await dataOf(ask(gateway, HOLD));
  const till = await openTillPage(browser, gateway);
  const { page } = till;
  await till.sell('5');
  const code = (await page.locator('.wallet-link').getAttribute('href')) ?? '';
  await till.press('Cancel this sale');
  await till.press('Yes, cancel it');
  await till.at('cancelled');
  const { outTradeNo } = await sandboxClient(gateway).scan(code);
  await sandboxClient(gateway).pay(outTradeNo);
  await till.at('late');

  await page.locator('.badge', { hasText: '1 case' }).click(SOON);
  await page.locator('[data-case="LATE"]', { hasText: '5.00' }).waitFor(SOON);
  await till.press('Keep it');
  await till.press(/^Keep it: the order/);
  await till.at('paid');
  await page.locator('[data-case]').waitFor({ ...SOON, state: 'detached' });
}, 90_000);

test('a refund and an undo that wait for a second person say so, and go on when somebody has decided', async () => {
  await dataOf(ask(gateway, ASK_SOMEBODY));
  const till = await openTillPage(browser, gateway, 'zh-CN');
  const { page } = till;
  await till.type('10');
  await till.scanFreshCode();
  await till.at('paid');
  await till.press('退款…');
  await page.locator('#refund-amount').fill('6');
  await page.keyboard.press('Enter');
  await page.locator('[data-refund="AWAITING_CONFIRMATION"]', { hasText: '等待另一人确认' }).waitFor(SOON);
  await page.locator('dialog').waitFor({ ...SOON, state: 'detached' });
  await till.at('held');
  await till.press('撤销');
  await till.press('确认撤销此笔交易');
  await page.locator('[data-refund="AWAITING_CONFIRMATION"]').nth(1).waitFor(SOON);

  const { createApiKey: checker } = await dataOf(ask(gateway, MAKE_CHECKER));
  const { edges } = (await dataOf(ask({ ...gateway, apiKey: checker.secret }, WHAT_WAITS))).operations;
  const door = { ...gateway, apiKey: checker.secret };
  for (const { node } of edges)
    await dataOf(
      ask(door, DECIDE, { operationId: node.id, decision: node.kind === 'REVERSAL' ? 'APPROVE' : 'REJECT' }),
    );
  await page.locator('[data-refund="REJECTED"]', { hasText: '6.00' }).waitFor(SOON);
  await page.locator('[data-refund="SUCCEEDED"]', { hasText: '4.00' }).waitFor(SOON);
  await till.at('paid');
}, 90_000);
