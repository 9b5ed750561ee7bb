/** Live, in a browser: what comes is shown, held, filtered and reached by keys. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isBrowserMissing, type Looked, launchBrowser, look } from '../../support/inspector/browser.ts';
import { FakeInspector, TOKEN } from '../../support/inspector/fake-inspector.ts';
import { sampleCall, sampleCalls } from '../../support/inspector/sample-calls.ts';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => sampleCall(from + i));

describe.skipIf(isBrowserMissing())('the live view', () => {
  let browser: Browser;
  let server: FakeInspector;
  let looked: Looked;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  const open = async (count: number, query = '') => {
    server = new FakeInspector(sampleCalls(count));
    const url = new URL(await server.open());
    url.search = query;
    looked = await look(browser, url.href);
    await expect.poll(() => server.viewers).toBe(1);
    return looked.page;
  };
  afterEach(async () => {
    expect(looked.problems).toStrictEqual([]);
    await looked.context.close();
    await server.close();
  });

  const shown = () => looked.page.getByTestId('shown').textContent();
  const row = (seq: number) => looked.page.locator(`#call-${seq}`);

  it('shows the newest calls, takes the token out of the URL, and adds calls as they come', async () => {
    const page = await open(40);
    await row(40).waitFor();
    expect(page.url()).not.toContain(TOKEN);
    server.push(range(40, 41));
    await row(41).waitFor();
    expect(await row(41).textContent()).toContain(sampleCall(40).clientid);
  });

  it('asks for the token when it was opened without one, and opens with the printed URL', async () => {
    await open(1);
    const page = await looked.context.newPage();
    await page.goto(server.origin);
    const field = page.getByLabel('Token or printed URL');
    await field.fill(`${server.origin}/#token=wrong`);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The token is not the one of this server.').waitFor();
    await field.fill(`${server.origin}/#token=${TOKEN}`);
    await page.keyboard.press('Enter');
    await page.locator('#call-1').waitFor();
  });

  it('loses nothing while it is paused', async () => {
    const page = await open(10);
    await row(10).waitFor();
    await page.locator('#calls').focus();
    await page.keyboard.press('Space');
    server.push(range(10, 30));
    await page.getByRole('button', { name: 'Resume (20 new)' }).waitFor();
    expect(await shown()).toBe('10 calls');
    await page.keyboard.press('Space');
    await row(30).waitFor();
    expect(await shown()).toBe('30 calls');
  });

  it('keeps its place when calls come while the reader looks at older ones', async () => {
    const page = await open(150);
    await row(150).waitFor();
    await page.locator('#calls').focus();
    await page.keyboard.press('Home');
    await row(1).waitFor();
    server.push(range(150, 170));
    await expect.poll(shown).toBe('170 calls');
    expect(await row(1).isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Newest call' }).click();
    await row(170).waitFor();
  });

  it('loads older calls when the reader comes near the oldest', async () => {
    const page = await open(450);
    await row(450).waitFor();
    expect(await shown()).toBe('200 calls');
    await page.locator('#calls').focus();
    for (const count of ['400 calls', '450 calls']) {
      await page.keyboard.press('Home');
      await expect.poll(shown).toBe(count);
    }
    await page.keyboard.press('Home');
    await row(1).waitFor();
  });

  it('has the filter in the URL, and asks the server for what matches only', async () => {
    const page = await open(34);
    await page.keyboard.press('/');
    await page.keyboard.type('verdict:deny client:pump-7');
    await page.keyboard.press('Enter');
    await expect.poll(shown).toBe('2 calls');
    expect(new URL(page.url()).searchParams.get('filter')).toBe('verdict:deny client:pump-7');
    await page.reload();
    await row(24).waitFor();
    expect(await page.locator('#filter').inputValue()).toBe('verdict:deny client:pump-7');
    expect(await shown()).toBe('2 calls');
  });

  it('puts terms in and takes them out with chips', async () => {
    const page = await open(34);
    const refused = page.getByRole('button', { name: 'Refused' });
    await refused.click();
    await expect.poll(shown).toBe('10 calls');
    expect(await page.locator('#filter').inputValue()).toBe('is:refused');
    expect(await refused.getAttribute('aria-pressed')).toBe('true');
    await refused.click();
    await expect.poll(shown).toBe('34 calls');
  });

  it('says at the filter what the server cannot read in it', async () => {
    const page = await open(5);
    await page.locator('#filter').fill('colour:red');
    await page.getByRole('alert').getByText('"colour" is no key of a filter').waitFor();
    await page.locator('#filter').fill('');
    await expect.poll(shown).toBe('5 calls');
    expect(await page.locator('#filter-problem').textContent()).toBe('');
  });

  it('goes on where it was when the stream breaks, and begins anew when the server was restarted', async () => {
    const page = await open(5);
    await row(5).waitFor();
    server.cut();
    server.push(range(5, 8));
    await row(8).waitFor();
    expect(await shown()).toBe('8 calls');
    server.restart();
    await expect.poll(shown).toBe('0 calls');
    await page.getByText('The server was restarted').waitFor();
    server.push(range(0, 1));
    await row(1).waitFor();
  });

  it('says how many calls came faster than the stream could send them', async () => {
    await open(3);
    await row(3).waitFor();
    server.send('dropped', { calls: 1_200 });
    await expect.poll(shown).toBe('3 calls, 1,200 passed over');
  });

  it('scrolls through 50,000 calls', async () => {
    const page = await open(0);
    for (let from = 0; from < 50_000; from += 200) server.push(range(from, from + 200));
    await expect.poll(shown).toBe('50,000 calls');
    await page.locator('#calls').focus();
    await page.keyboard.press('Home');
    await row(1).waitFor();
    await page.keyboard.press('End');
    await row(50_000).waitFor();
    expect(await page.locator('.rows [role=row]').count()).toBeLessThan(80);
  });

  it('shows newer states of events in the rows that are there', async () => {
    await open(3);
    expect(await row(3).textContent()).toContain('2 delivered');
    const [event] = sampleCall(2).events;
    server.send('states', [
      { seq: 3, events: [{ id: '', type: '', ...event, sinks: { history: 'rejected' } }] },
    ]);
    await expect.poll(() => row(3).textContent()).toContain('rejected');
  });
});
