/** The page of `exhook dev`: a real client is refused, its call is made again, and a recording is tried on a policy. */
import { connectAsync } from 'mqtt';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from '../../program/support/program.ts';
import { isBrowserMissing, launchBrowser, look } from '../../support/inspector/browser.ts';

describe.skipIf(isBrowserMissing())('the page of exhook dev', { timeout: 180_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('shows a device that may not log in, replays it, and tries a policy on a recording', async () => {
    const dev = start(['dev', '--mqtt', '0', '--ws', '0', '--inspect', '0'], { entry: 'cli.js' });
    const printed = await dev.stdout.until('what to try', (heard) => /Not as/.test(heard.text) && heard.text);
    const [, inspector = ''] = /^Inspector +(http\S+)$/m.exec(printed) ?? [];
    const [, port] = /^MQTT +127\.0\.0\.1:(\d+)$/m.exec(printed) ?? [];
    const { page, problems } = await look(browser, inspector);
    const logIn = (password: string) =>
      connectAsync(
        `mqtt://127.0.0.1:${port}`,
        { clientId: 'pump-1', username: 'pump-1', password, reconnectPeriod: 0 },
        false,
      );
    await expect(logIn('wrong')).rejects.toThrow();
    const refused = page
      .locator('[role=row]', { hasText: 'denied' })
      .filter({ hasText: 'client.authenticate' });
    await refused.first().click();
    await page.getByRole('tabpanel').locator('.sentence').getByText('pump-1').waitFor();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByLabel('Password for the replayed login').fill('pump-one');
    await page.keyboard.press('Enter');
    await page.locator('.open-call header').getByText('allowed').waitFor();
    await page.getByRole('link', { name: 'Recordings' }).click();
    await page.getByLabel('Name of the recording').fill('two logins');
    await page.getByRole('button', { name: 'Start recording' }).click();
    await page.getByText('records').waitFor();
    const client = await logIn('pump-one');
    await client.publishAsync('devices/pump-2/reading', '{"celsius":21.5}', { qos: 1 }).catch(() => {});
    await client.endAsync(true);
    await expect.poll(() => page.locator('.card .number').textContent()).toMatch(/^[1-9]\d* calls/);
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Try a policy on it' }).click();
    await page.getByRole('button', { name: 'Run' }).click();
    await page
      .locator('.results .sentence')
      .first()
      .getByText(/^0 of [1-9]/)
      .waitFor();
    expect(problems).toStrictEqual([]);
    await page.context().close();
    expect(await dev.stop('SIGTERM')).toStrictEqual({ code: 0, signal: null });
  });
});
