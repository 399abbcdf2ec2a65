import chromium from '@sparticuz/chromium';
import { type Page, chromium as playwright } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';

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

/** One real Chromium for a test file; what a test has opened is closed after it. */
export function browserOfFile(): Browser {
  let chrome: Awaited<ReturnType<typeof playwright.launch>> | undefined;
  beforeAll(async () => {
    chrome = await playwright.launch({ executablePath: await chromium.executablePath(), args: ARGUMENTS });
  });
  afterEach(async () => {
    for (const context of chrome?.contexts() ?? []) await context.close();
  });
  afterAll(() => chrome?.close());
  return {
    async openPage(url, look = {}) {
      if (chrome === undefined) throw new Error('the browser starts with the first test of its file');
      const context = await chrome.newContext({ viewport: tablet, ...look });
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
  };
}
