/** Ids, topics and texts of somebody who attacks whoever looks: nothing runs, nothing breaks, nothing hides. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOverflow, isBrowserMissing, launchBrowser, look } from '../../support/inspector/browser.ts';
import { FakeInspector } from '../../support/inspector/fake-inspector.ts';
import { hostileCalls } from '../../support/inspector/sample-calls.ts';

/** Milliseconds: it opens every tab of every call. */
const LONG = 180_000;

describe.skipIf(isBrowserMissing())('hostile ids and topics', () => {
  let browser: Browser;
  let server: FakeInspector;
  let url: string;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = new FakeInspector(hostileCalls);
    url = await server.open();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each([
    ['a desktop', 1280],
    ['a telephone', 360],
  ])('run nothing and break no layout on %s', { timeout: LONG }, async (_, width) => {
    const { page, context, problems } = await look(browser, url, { viewport: { width, height: 700 } });
    await page.locator('#call-1').waitFor();
    expect(await findOverflow(page)).toStrictEqual([]);
    for (const { seq } of hostileCalls) {
      await page.goto(`${server.origin}/?call=${seq}`);
      for (const name of ['Why', 'Request', 'Reply', 'Events', 'Timing', 'Raw']) {
        await page.getByRole('tab', { name }).click();
        await page.locator('[role=tabpanel] > *').first().waitFor();
        expect(await findOverflow(page), `${seq} ${name}`).toStrictEqual([]);
      }
    }
    expect(await page.title()).toBe('exhook inspector');
    expect(await page.locator('#app img, #app script, #app iframe').count()).toBe(0);
    expect(problems).toStrictEqual([]);
    await context.close();
  });

  it('show what cannot be seen as escapes, and keep the order of the line', async () => {
    const { page, context } = await look(browser, url);
    const client = (seq: number) => page.locator(`#call-${seq} .client`);
    expect(await client(4).textContent()).toBe('\\u{202e}gnp.exe\\u{2066}\\u{2069}');
    expect(await client(5).textContent()).toBe('a\\u{200b}b\\x00\\x1b[31mred\\x1b]0;owned\\x07');
    expect(await client(5).locator('.escape').allTextContents()).toContain('\\u{200b}');
    expect(await client(7).textContent()).toBe('line\\r\\nbreak\\ttab');
    // Letters that run to the left turn nothing around them.
    expect(await client(6).locator('bdi').count()).toBe(1);
    await context.close();
  });

  it('are followed as they are, quoted in the filter', async () => {
    const { page, context } = await look(browser, `${server.origin}/?call=1${url.slice(url.indexOf('#'))}`);
    await page.getByRole('button', { name: 'Follow client' }).click();
    await expect.poll(() => page.getByTestId('shown').textContent()).toBe('1 call');
    await context.close();
  });
});
