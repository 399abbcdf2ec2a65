import chromium from '@sparticuz/chromium';
import { type Page, chromium as playwright } from 'playwright-core';

/** How a page is looked at. */
export interface Look {
  /** The browser's language, `zh-CN` or `en-GB`. */
  readonly locale?: string;
  /** CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly hasTouch?: boolean;
}

export interface Browser {
  /** Opens `url` in a context of its own (no storage shared with other pages) and waits until it has loaded. */
  openPage(url: string, look?: Look): Promise<Page>;
}

export const tablet = { width: 1180, height: 820 } as const;
export const phone = { width: 390, height: 844 } as const;

/** No sandbox: the tests may run as root. The rest keeps the browser from looking for company on the network. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Runs `use` with a real Chromium on a fresh profile (Playwright's own), and ends it whatever happens. */
export async function withBrowser<Result>(use: (browser: Browser) => Promise<Result>): Promise<Result> {
  const browser = await playwright.launch({ executablePath: await chromium.executablePath(), args: ARGUMENTS });
  try {
    return await use({
      async openPage(url, look = {}) {
        const context = await browser.newContext({ viewport: tablet, ...look });
        const page = await context.newPage();
        await page.goto(url);
        return page;
      },
    });
  } finally {
    await browser.close();
  }
}
