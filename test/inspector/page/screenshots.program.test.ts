/**
 * The pictures of docs/inspector.md: made by `npm run screenshots`, committed, and small enough to load. A change of
 * the page does not fail this test; whoever makes it looks at the pictures.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { launchBrowser, look } from '../../support/inspector/browser.ts';
import { FakeInspector } from '../../support/inspector/fake-inspector.ts';
import { SAMPLE_START, sampleCalls } from '../../support/inspector/sample-calls.ts';
import { findProgram } from '../../support/servers/process.ts';
import { root } from '../../support/source.ts';

const isMade = process.env.EXHOOK_SCREENSHOTS === '1';
/** Where they are; another folder to look at them before they are committed. */
const FOLDER = process.env.EXHOOK_SCREENSHOTS_IN ?? join(root, 'docs/images');
/** Bytes. */
const MOST = 150 * 1024;

interface Picture {
  readonly name: string;
  readonly query: string;
  readonly options?: BrowserContextOptions;
  readonly until: (page: Page) => Promise<unknown>;
}

const telephone = { viewport: { width: 360, height: 720 } };
const dark = { colorScheme: 'dark' } as const;
const seen = (text: string) => (page: Page) => page.getByText(text).first().waitFor();

const pictures: readonly Picture[] = [
  { name: 'live', query: '', until: seen('no rule allows it') },
  { name: 'why', query: 'call=45', until: seen('Came close') },
  { name: 'why-dark', query: 'call=45', options: dark, until: seen('Came close') },
  { name: 'reply', query: 'call=39&tab=reply', until: seen('As it goes on') },
  { name: 'policy', query: 'view=policy', until: runPolicy },
  { name: 'sinks', query: 'view=sinks', until: seen('answered 503') },
  { name: 'charts', query: 'view=charts', until: (page) => page.locator('canvas').last().waitFor() },
  { name: 'brokers', query: 'view=brokers', until: seen('Why') },
  { name: 'telephone', query: '', options: telephone, until: seen('denied') },
  { name: 'telephone-why', query: 'call=45', options: { ...telephone, ...dark }, until: seen('Came close') },
];

async function runPolicy(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('1 call, with both whys').waitFor();
}

const pathOf = (name: string) => join(FOLDER, `inspector-${name}.png`);

const makePictures = isMade ? describe : undefined;

makePictures?.('the pictures of the inspector', () => {
  it('are made', { timeout: 300_000 }, async () => {
    const browser = await launchBrowser();
    const server = new FakeInspector(sampleCalls(68));
    server.capabilities = { dev: true, write: true, payloads: true };
    const token = new URL(await server.open()).hash;
    for (const { name, query, options, until } of pictures) {
      const { page, context, problems } = await look(browser, 'about:blank', options);
      await page.clock.setFixedTime(SAMPLE_START + 12_000);
      await page.goto(`${server.origin}/?${query}${token}`);
      await until(page);
      await page.screenshot({ path: pathOf(name) });
      expect(problems, name).toStrictEqual([]);
      await context.close();
    }
    await browser.close();
    await server.close();
    const quantizer = findProgram('pngquant');
    if (quantizer !== undefined)
      execFileSync(quantizer, [
        '--force',
        '--ext',
        '.png',
        '--skip-if-larger',
        ...pictures.map(({ name }) => pathOf(name)),
      ]);
  });
});

it.each(pictures.map(({ name }) => name))('the picture "%s" is there, and loads fast', (name) => {
  expect(existsSync(pathOf(name)), 'npm run screenshots').toBe(true);
  expect(statSync(pathOf(name)).size).toBeLessThan(MOST);
});
