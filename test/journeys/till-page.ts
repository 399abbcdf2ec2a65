// The till as a cashier's hands know it.
import type { Browser } from '../support/browser.ts';
import { tablet } from '../support/browser.ts';
import type { Gateway } from '../support/gateway.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';

type Page = Awaited<ReturnType<Browser['openPage']>>;

export const SOON = { timeout: 20_000 };
export const stage = (name: string) => `article[data-stage="${name}"]`;

export interface TillPage {
  readonly page: Page;
  /** Types an amount on the keyboard; the mouse is never touched. */
  type(amount: string): Promise<void>;
  /** Sells by QR code and answers the order's id once the code shows. */
  sell(amount: string): Promise<string>;
  /** A buyer shows a fresh payment code to the scanner; answers the code. */
  scanFreshCode(): Promise<string>;
  scan(code: string): Promise<void>;
  at(name: string, within?: { timeout: number }): Promise<void>;
  press(name: string | RegExp): Promise<void>;
  nextSale(): Promise<void>;
}

/** Opens the till of a gateway with the built-in sandbox, where it signs in by itself. */
export async function openTillPage(browser: Browser, gateway: Gateway, locale = 'en-GB'): Promise<TillPage> {
  const page = await browser.openPage(`${gateway.url}/pos`, { locale, viewport: tablet });
  const keys = await page.context().newCDPSession(page);
  await page.locator('.keypad').waitFor(SOON);
  const type = async (amount: string) => {
    await page.keyboard.type(amount);
    // A hand is never so fast that the scanner's first digit follows its last one at once.
    const shown = () => page.locator('output').textContent();
    await until(shown, (text) => text?.replace(/[¥,]/g, '') === amount);
  };
  const scan = async (code: string) => {
    // All keys at once: a scanner waits for nobody.
    const sent = [...code].flatMap((key) => [
      keys.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: key, code: `Digit${key}` }),
      keys.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code: `Digit${key}` }),
    ]);
    await Promise.all(sent);
    await page.keyboard.press('Enter');
  };
  return {
    page,
    type,
    async sell(amount) {
      await type(amount);
      await page.keyboard.press('Enter');
      await page.locator('[data-order-id] img').first().waitFor(SOON);
      return (await page.locator('article[data-order-id]').first().getAttribute('data-order-id')) ?? '';
    },
    async scanFreshCode() {
      const { authCode } = await sandboxClient(gateway).authCode();
      await scan(authCode);
      return authCode;
    },
    scan,
    at: (name, within = SOON) => page.locator(stage(name)).waitFor(within),
    press: (name) => page.getByRole('button', { name }).click(SOON),
    async nextSale() {
      await page.keyboard.press('Enter');
      await page.locator('.keypad').waitFor(SOON);
    },
  };
}
