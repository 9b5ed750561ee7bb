/** Debian's Chromium, driven by playwright-core, which brings no browser of its own. */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { findProgram, isServerMissing } from '../servers/process.ts';

/** Whether tests of the page are to be skipped. @throws Error where nothing may be missing */
export const isBrowserMissing = (): boolean => isServerMissing('chromium', 'chromium');

export async function launchBrowser(): Promise<Browser> {
  const executablePath = findProgram('chromium') ?? '';
  // Tests run as root in containers, where its sandbox cannot be made.
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--lang=en'] });
}

/**
 * Elements that stick out of the window to the right, where nothing lets the reader scroll to them or cuts them off on
 * purpose. The frame cuts everything off, which would hide them.
 */
export async function findOverflow(page: Page): Promise<string[]> {
  return (await page.evaluate(`[...document.querySelectorAll('#app *')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
    .filter((element) => {
      for (let up = element.parentElement; up.id !== 'app'; up = up.parentElement)
        if (getComputedStyle(up).overflowX !== 'visible' && up.getBoundingClientRect().right <= innerWidth + 0.5) return false;
      return true;
    })
    .map((element) => element.tagName + '.' + element.className)`)) as string[];
}

export interface Looked {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser blocked, refused or failed at: violations of the policy too. */
  readonly problems: string[];
}

/** Opens a page of its own, whose clock and language do not depend on the machine. */
export async function look(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Looked> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    timezoneId: 'UTC',
    locale: 'en-US',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A stream that a test cuts off, or an answer that it wants refused, is no fault of the page.
    if (message.type() === 'error' && !/Failed to load resource|net::ERR/.test(message.text()))
      problems.push(message.text());
  });
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, context, problems };
}
