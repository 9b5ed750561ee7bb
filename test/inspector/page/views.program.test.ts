/** The other views, in a browser. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isBrowserMissing, type Looked, launchBrowser, look } from '../../support/inspector/browser.ts';
import { FakeInspector } from '../../support/inspector/fake-inspector.ts';
import { sampleCalls } from '../../support/inspector/sample-calls.ts';

describe.skipIf(isBrowserMissing())('the other views', () => {
  let browser: Browser;
  let server: FakeInspector;
  let looked: Looked;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  const open = async (query: string, isDev = false) => {
    server = new FakeInspector(sampleCalls(20));
    if (isDev) server.capabilities = { dev: true, write: true, payloads: true };
    const url = new URL(await server.open());
    url.search = query;
    looked = await look(browser, url.href);
    return looked.page;
  };
  afterEach(async () => {
    expect(looked.problems).toStrictEqual([]);
    await looked.context.close();
    await server.close();
  });

  it('are reached by digits, and are in the menu only where the server has them', async () => {
    const page = await open('');
    const names = () => page.getByRole('navigation').getByRole('link').allTextContents();
    await expect.poll(names).toStrictEqual(['Live', 'Policy', 'Sinks', 'Charts', 'Brokers']);
    await page.keyboard.press('3');
    await page.getByRole('heading', { name: 'history' }).waitFor();
    expect(new URL(page.url()).searchParams.get('view')).toBe('sinks');
    await page.goBack();
    await page.locator('#calls').waitFor();
  });

  it('show the state of each sink, its last error and its dead letters', async () => {
    const page = await open('view=sinks');
    const audit = page.getByRole('region', { name: 'Sink audit' });
    await audit.getByText('retries').waitFor();
    expect(await audit.textContent()).toContain('answered 503');
    expect(await audit.getByRole('meter').getAttribute('aria-valuenow')).toBe('84');
    await audit.getByText('2 rejected events').click();
    await audit.getByText('413: the event is too large').first().waitFor();
  });

  it('draw the last fifteen minutes, and lead from a dragged range to its calls', async () => {
    const page = await open('view=charts');
    await expect.poll(() => page.locator('canvas').count()).toBe(7);
    const chart = page.locator('.u-over').first();
    const box = await chart.boundingBox();
    if (box === null) throw new Error('the chart is not shown');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 40, { steps: 4 });
    await page.mouse.up();
    await page.locator('#filter').waitFor();
    expect(await page.locator('#filter').inputValue()).toMatch(/^at>\d{13} at<\d{13}$/);
  });

  it('show brokers, the hooks that they call, and clients with their last refusal', async () => {
    const page = await open('view=brokers');
    await page.getByText('has the hook list of before the reload').waitFor();
    await page
      .getByRole('row', { name: /emqx@10.0.3.8/ })
      .getByText('outdated')
      .waitFor();
    await page.getByLabel('Find clients').fill('pump');
    await expect.poll(() => page.locator('.clients > li').count()).toBe(1);
    await page.getByRole('button', { name: 'Why' }).click();
    await page.getByText('pump-7 was refused by jwt').waitFor();
  });

  it('check a draft of the policy while it is typed, complete it, and never save it by themselves', async () => {
    const page = await open('view=policy');
    const editor = page.getByLabel('Policy, as YAML');
    await editor.waitFor();
    await editor.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('authorize:\nmo');
    // Below a key without an indent, keys of the root are completed.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('authorize:\n  mo');
    await page.getByRole('option', { name: 'mode' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Draft' }).waitFor();
    await expect
      .poll(() => server.asked.filter((line) => line === 'POST /api/check').length)
      .toBeGreaterThan(1);
    expect(await page.getByRole('button', { name: 'Save to the file' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Discard the draft' }).click();
    await page.getByRole('heading', { name: 'Policy in force' }).waitFor();
  });

  it('run a draft on the last calls, and show both whys of those that would end otherwise', async () => {
    const page = await open('view=policy');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('8 of 68 calls would end otherwise').waitFor();
    await page.getByText('1 call, with both whys').click();
    await page.getByText('Allowed by panels read.').waitFor();
    await page.getByText('8 calls of client.authenticate: the password, which is not kept').waitFor();
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByRole('tabpanel').getByText('panel-north may not publish').waitFor();
  });

  it('keep a draft while the reader looks elsewhere', async () => {
    const page = await open('view=policy', true);
    await page.getByLabel('Policy, as YAML').click();
    await page.keyboard.type('# mine\n');
    await page.getByRole('link', { name: 'Sinks' }).click();
    await page.getByRole('link', { name: 'Policy' }).click();
    await page.getByText('# mine').waitFor();
    await page.getByRole('button', { name: 'Save to the file' }).waitFor();
  });

  it('hand a recording to the policy', async () => {
    const page = await open('view=recordings', true);
    await page.getByText('4,120 calls, 3.7 MiB').waitFor();
    await page.getByRole('button', { name: 'Try a policy on it' }).click();
    await page.getByRole('option', { name: 'night shift (4,120 calls)' }).waitFor({ state: 'attached' });
    expect(await page.locator('.results select').inputValue()).toBe('r1');
  });
});
