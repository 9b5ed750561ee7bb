/** One call, in a browser, by the keyboard alone. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isBrowserMissing, type Looked, launchBrowser, look } from '../../support/inspector/browser.ts';
import { FakeInspector } from '../../support/inspector/fake-inspector.ts';
import { sampleCalls } from '../../support/inspector/sample-calls.ts';

/** The panel that asked for a command topic. */
const REFUSED = 11;
/** The message that becomes another. */
const REWRITTEN = 5;

describe.skipIf(isBrowserMissing())('a call', () => {
  let browser: Browser;
  let server: FakeInspector;
  let looked: Looked;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  const open = async (query = '') => {
    server = new FakeInspector(sampleCalls(17));
    const url = new URL(await server.open());
    url.search = query;
    looked = await look(browser, url.href, { permissions: ['clipboard-read', 'clipboard-write'] });
    return looked.page;
  };
  afterEach(async () => {
    expect(looked.problems).toStrictEqual([]);
    await looked.context.close();
    await server.close();
  });

  const panel = () => looked.page.getByRole('tabpanel');

  it('is found, read and left by the keyboard alone', async () => {
    const page = await open();
    await page.locator('#call-17').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('verdict:deny');
    await page.keyboard.press('Enter');
    await page.locator(`#call-${REFUSED}`).waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await panel().getByText('panel-north may not publish to plant/pump-2/command').waitFor();
    expect(new URL(page.url()).searchParams.get('call')).toBe(String(REFUSED));
    await page.keyboard.press('ArrowUp');
    await panel().getByText('pump-7 was refused by jwt: the token has expired').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('complementary').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.id')).toBe('calls');
  });

  it('says why first: what came close, then every rule in order, with file and line', async () => {
    const page = await open(`call=${REFUSED}`);
    const near = page.locator('.near > li');
    await expect.poll(() => near.count()).toBe(2);
    expect(await near.first().textContent()).toContain('the rule allows subscribe only');
    const labels = await page.locator('.steps .step-head strong').allTextContents();
    expect(labels).toStrictEqual(['admins', 'panels read', 'own topics', 'otherwise']);
    await near.first().getByRole('button', { name: 'policy.yaml:12' }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('policy.yaml:12');
  });

  it('shows what a rewrite changed, side by side', async () => {
    const page = await open(`call=${REWRITTEN}&tab=reply`);
    await panel().getByText('state/pump-1').waitFor();
    expect(await page.locator('del').textContent()).toBe('plant/pump-1/state');
    expect(await page.locator('.line.new').allTextContents()).toContain('  "site": "north"');
    expect(await page.locator('.line.gone').allTextContents()).toContain('  "unit": "C"');
  });

  it('shows a payload by the codec of its rule, as JSON, as text and in hex', async () => {
    const page = await open(`call=${REWRITTEN}&tab=request`);
    const payload = page.locator('.payload .block');
    await payload.getByText('"unit": "C"').waitFor();
    await page.getByRole('button', { name: 'Text', exact: true }).click();
    expect(await payload.textContent()).toBe('{"t":21.5,"p":3.1,"unit":"C"}');
    await page.getByRole('button', { name: 'Hex' }).click();
    expect(await payload.textContent()).toContain('000000  7b 22 74 22 3a 32 31 2e 35 2c');
  });

  it('moves through its tabs with arrows, and has the tab in the URL', async () => {
    const page = await open(`call=${REWRITTEN}`);
    await page.getByRole('tab', { name: 'Why' }).focus();
    for (const name of ['Request', 'Reply', 'Events 1', 'Timing', 'Raw']) {
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => page.getByRole('tab', { selected: true }).textContent()).toBe(name);
    }
    expect(new URL(page.url()).searchParams.get('tab')).toBe('raw');
    await panel().getByText('OnClientAuthorize').waitFor();
  });

  it('follows its client and topic', async () => {
    const page = await open(`call=${REFUSED}`);
    await page.getByRole('button', { name: 'Follow client' }).click();
    await expect.poll(() => page.locator('#filter').inputValue()).toBe('client:panel-north');
    await page.getByRole('button', { name: 'Follow topic' }).click();
    await expect
      .poll(() => page.locator('#filter').inputValue())
      .toBe('client:panel-north topic:plant/pump-2/command');
  });

  it('can be copied for the command line', async () => {
    const page = await open(`call=${REFUSED}`);
    await page.getByLabel('Copy').selectOption({ label: 'as exhook explain' });
    await page.getByText('Copied the exhook explain command').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      "exhook explain --publish 'plant/pump-2/command' --clientid 'panel-north'",
    );
  });

  it('says so when it is not kept any more', async () => {
    const page = await open('call=99999');
    await page.getByRole('alert').getByText('the call is not kept any more').waitFor();
  });
});
