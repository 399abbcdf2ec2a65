// The till with the key of one terminal, where nothing signs it in by itself: the cashier's own day, and nothing else.
import { expect, test } from 'vitest';
import { browserOfFile, tablet } from '../support/browser.ts';
import { startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import { ask, dataOf } from '../support/graphql-client.ts';
import { createOrder, newOrder } from '../support/sale.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { startSharedSandbox } from '../support/sandbox-process.ts';
import { until } from '../support/until.ts';
import { SOON, stage } from './till-page.ts';

const TERMINAL_KEY = graphql(`
  mutation TillTerminalKey {
    createApiKey(input: { label: "till 7", scopes: [], terminalId: "T7" }) { ... on ApiKeySecret { secret } }
  }
`);

const SOLD_AT = graphql(`query SoldAt($id: ID!) { order(ref: { id: $id }) { merchantOrderNo terminalId status } }`);

const browser = browserOfFile();

test("signs in once with its terminal's key, sells, sees its own sales only, and undoes one", async () => {
  const sandbox = await startSharedSandbox();
  const gateway = await startGateway(sandbox.env);
  await createOrder(gateway, newOrder({ terminalId: 'T8', subject: 'Somebody else’s' }));
  const { createApiKey } = await dataOf(ask(gateway, TERMINAL_KEY));
  const secret = 'secret' in createApiKey ? createApiKey.secret : '';

  const page = await browser.openPage(`${gateway.url}/pos`, { locale: 'en-GB', viewport: tablet });
  await page.locator('#key').fill('kassa_nobodys');
  await page.keyboard.press('Enter');
  await until(
    () => page.getByRole('alert').first().textContent(),
    (said) => said !== '',
  );
  await page.locator('#key').fill(secret);
  await page.keyboard.press('Enter');
  await page.locator('.keypad').waitFor(SOON);
  expect(await page.locator('body').textContent()).not.toContain('Somebody else');

  await page.keyboard.type('6.50');
  await page.keyboard.press('Enter');
  await page.locator('[data-order-id] img').first().waitFor(SOON);
  const id = (await page.locator('article[data-order-id]').first().getAttribute('data-order-id')) ?? '';
  const sold = async () => (await dataOf(ask(gateway, SOLD_AT, { id }))).order;
  const order = await sold();
  expect(order?.terminalId).toBe('T7');
  await sandboxClient(sandbox).pay(order?.merchantOrderNo ?? '');
  await page.locator(stage('paid')).waitFor(SOON);
  await page.getByRole('button', { name: 'Undo' }).click(SOON);
  await page.getByRole('button', { name: 'Yes, undo the sale' }).click(SOON);
  await until(
    async () => (await sold())?.status,
    (status) => status === 'REFUNDED',
  );
  if (process.env.TILL_PICTURE) await page.screenshot({ path: process.env.TILL_PICTURE });
}, 90_000);
