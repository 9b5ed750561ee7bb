/** The page as the built server serves it, with real calls. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRequest } from '../../../src/protocol/wire/encode-request.ts';
import { aClient, inputs } from '../../support/inputs.ts';
import { isBrowserMissing, launchBrowser, look } from '../../support/inspector/browser.ts';
import { rpcFor } from '../../support/runtime.ts';
import { type Inspected, startInspected, TOKEN } from '../support.ts';

const policy = {
  authorize: {
    rules: [{ name: 'own topics', allow: 'all', topics: 'plant/${clientid}/#' }],
  },
};

describe.skipIf(isBrowserMissing())('the page of the built server', { timeout: 120_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  const publish = async ({ broker }: Inspected, clientid: string, topic: string) => {
    const rpc = rpcFor('client.authorize');
    const clientinfo = aClient({ clientid });
    await broker.call(rpc.path, encodeRequest(rpc, { ...inputs()['client.authorize'], clientinfo, topic }));
  };

  it('shows why a device was refused, within the policy of the server, and follows it', async () => {
    const inspected = await startInspected(policy);
    const { page, problems } = await look(browser, `${inspected.base}/#token=${TOKEN}`);
    await page.getByRole('heading', { name: 'No call yet' }).waitFor();
    await publish(inspected, 'pump-1', 'plant/pump-1/state');
    await publish(inspected, 'pump-2', 'plant/pump-1/state');
    await page.locator('#call-2').getByText('denied').waitFor();
    await page.locator('#calls').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('tabpanel');
    await panel.locator('.sentence').getByText('pump-2').waitFor();
    await panel.locator('.near strong').getByText('own topics').waitFor();
    for (const name of ['Request', 'Reply', 'Events', 'Timing', 'Raw']) {
      await page.getByRole('tab', { name }).click();
      await panel.locator('> *').first().waitFor();
    }
    await page.getByRole('button', { name: 'Follow client' }).click();
    await expect.poll(() => page.getByTestId('shown').textContent()).toBe('1 call');
    expect(problems).toStrictEqual([]);
    await page.context().close();
  });

  it('finds clients whose ids hold what filters are made of', async () => {
    const inspected = await startInspected(policy);
    const names = ['a,b', 'say "hi"', 'two words', '-x', 'a:b\\c'];
    for (const name of names) await publish(inspected, name, 'other');
    const { page, problems } = await look(browser, `${inspected.base}/#token=${TOKEN}`);
    for (const [i, name] of names.entries()) {
      await page.goto(`${inspected.base}/?call=${i + 1}`);
      await page.getByRole('button', { name: 'Follow client' }).click();
      await expect.poll(() => page.getByTestId('shown').textContent(), { message: name }).toBe('1 call');
    }
    expect(problems).toStrictEqual([]);
    await page.context().close();
  });

  it('shows sinks, charts, brokers and clients', async () => {
    const inspected = await startInspected(policy);
    await publish(inspected, 'pump-2', 'plant/pump-1/state');
    const { page, problems } = await look(browser, `${inspected.base}/?view=sinks#token=${TOKEN}`);
    await page
      .getByRole('region', { name: /^Sink / })
      .first()
      .waitFor();
    await page.goto(`${inspected.base}/?view=charts`);
    await expect.poll(() => page.locator('canvas').count()).toBe(7);
    await page.goto(`${inspected.base}/?view=brokers`);
    await page.getByText('Refused 1 time').waitFor();
    expect(problems).toStrictEqual([]);
    await page.context().close();
  });

  it('tries a draft of the policy on the calls that came, and shows its problems where they are', async () => {
    const inspected = await startInspected(policy);
    await publish(inspected, 'pump-2', 'plant/pump-1/state');
    const { page, problems } = await look(browser, `${inspected.base}/?view=policy#token=${TOKEN}`);
    const editor = page.getByLabel('Policy, as YAML');
    await editor.getByText('own topics').waitFor();
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('authorize: { rules: [ { name: every, allow: all, topics: "plant/#" } ] }');
    await page.getByText('No problem found.').waitFor();
    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('.results .sentence').first().getByText('1 of 1').waitFor();
    await page.getByText('1 call, with both whys').click();
    await page.locator('.pairs').getByText('every').first().waitFor();
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('authorize: { rules: [ { name: every, alow: all } ] }');
    await page.locator('.problems').getByText('alow').first().waitFor();
    expect(problems).toStrictEqual([]);
    await page.context().close();
  });
});
