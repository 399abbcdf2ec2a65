// The till in a real Chromium, as a cashier meets it: what the buyer scans.
import { expect, test } from 'vitest';
import { browserOfFile } from '../support/browser.ts';
import { startGateway } from '../support/gateway.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { openTillPage, SOON } from './till-page.ts';

const browser = browserOfFile();

test('a cashier sells, the buyer pays in the wallet behind the code, the till turns PAID', async () => {
  const gateway = await startGateway();
  const till = await openTillPage(browser, gateway);
  expect(await till.sell('12.5')).toMatch(/^ord_/);

  const wallets = till.page.context().waitForEvent('page');
  const [wallet] = await Promise.all([wallets, till.page.locator('.wallet-link').click()]);
  await wallet.locator('#pay:not([disabled])').waitFor(SOON);
  expect(await wallet.locator('body').textContent()).toContain('12.50');
  await wallet.locator('#pay').click();

  await till.at('paid');
}, 90_000);

test('the till rides through a killed gateway and sees what happened meanwhile', async () => {
  // The pages' operations are known by name, whatever else is refused.
  const gateway = await startGateway({ PERSISTED_OPERATIONS: 'enforce' });
  const till = await openTillPage(browser, gateway, 'zh-CN');
  await till.sell('8');
  const code = await till.page.locator('.wallet-link').getAttribute('href');
  await gateway.kill();
  const again = await startGateway(gateway.env);
  await sandboxClient(again).scan(code ?? '');
  const { trades } = await sandboxClient(again).trades();
  await sandboxClient(again).pay(trades[0]?.outTradeNo ?? '');
  await till.at('paid', { timeout: 40_000 });
}, 120_000);
