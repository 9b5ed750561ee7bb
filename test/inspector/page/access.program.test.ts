/** For everybody: axe-core finds nothing serious, a telephone shows all, dark and light are readable. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOverflow, isBrowserMissing, launchBrowser, look } from '../../support/inspector/browser.ts';
import { FakeInspector } from '../../support/inspector/fake-inspector.ts';
import { sampleCalls } from '../../support/inspector/sample-calls.ts';
import { root } from '../../support/source.ts';

const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** Milliseconds: it goes through all of the page. */
const LONG = 180_000;

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

const places = [
  '',
  'call=11',
  'call=5&tab=request',
  'call=5&tab=reply',
  'call=13&tab=events',
  'call=7&tab=timing',
  'view=policy',
  'view=sinks',
  'view=charts',
  'view=brokers',
  'view=recordings',
];

/** What each place shows when it is there. */
const sights: Readonly<Record<string, string>> = {
  '': '#call-60',
  'view=sinks': '.sink',
  'view=charts': 'canvas',
  'view=brokers': '.clients > li',
  'view=policy': '.cm-content',
  'view=recordings': '.card',
};
const sightOf = (place: string) => sights[place] ?? '[role=tabpanel] > *:not(.dim)';

describe.skipIf(isBrowserMissing())('the page', () => {
  let browser: Browser;
  let server: FakeInspector;
  let token: string;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = new FakeInspector(sampleCalls(60));
    server.capabilities = { dev: true, write: true, payloads: true };
    token = new URL(await server.open()).hash;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each(['light', 'dark'] as const)(
    'has nothing serious by axe-core in %s',
    { timeout: LONG },
    async (colorScheme) => {
      const { page, context, problems } = await look(browser, `${server.origin}/${token}`, { colorScheme });
      for (const place of places) {
        await page.goto(`${server.origin}/?${place}`);
        await page.locator(sightOf(place)).first().waitFor();
        await page.evaluate(axe);
        const { violations } = (await page.evaluate('axe.run()')) as { violations: Violation[] };
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        const told = serious.map(({ id, nodes }) => [
          id,
          nodes.map((node) => node.html + node.failureSummary),
        ]);
        expect(told, place).toStrictEqual([]);
      }
      expect(problems).toStrictEqual([]);
      await context.close();
    },
  );

  it('needs no sideways scrolling at 360 pixels', { timeout: LONG }, async () => {
    const { page, context } = await look(browser, `${server.origin}/${token}`, {
      viewport: { width: 360, height: 640 },
    });
    for (const place of places) {
      await page.goto(`${server.origin}/?${place}`);
      await page.locator(sightOf(place)).first().waitFor();
      expect(await findOverflow(page), place).toStrictEqual([]);
    }
    await context.close();
  });

  it('opens a call over the list on a telephone, and returns to it', async () => {
    const { page, context } = await look(browser, `${server.origin}/${token}`, {
      viewport: { width: 360, height: 640 },
    });
    await page.locator('#call-60').click();
    await page.getByRole('tabpanel').waitFor();
    expect(await page.locator('#calls').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Close' }).first().click();
    await page.locator('#call-60').waitFor();
    await context.close();
  });

  it('is dark or light as the system has it, until somebody chooses, and remembers that', async () => {
    const { page, context } = await look(browser, `${server.origin}/${token}`, { colorScheme: 'dark' });
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await background();
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await background();
    expect(light).not.toBe(dark);
    const button = page.getByRole('button', { name: 'Theme' });
    await button.click();
    await button.click();
    expect(await background()).toBe(dark);
    await page.reload();
    expect(await background()).toBe(dark);
    await context.close();
  });
});
