/** What the runtime of the server says about the list that brokers should hold. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openServerRuntime } from '../../../src/app/runtime/server-runtime.ts';
import { Config } from '../../../src/config/schema.ts';
import type { LookupContext } from '../../../src/core/runtime.ts';
import type { EventSender } from '../../../src/events/event-sender.ts';
import type { Logger } from '../../../src/log/log.ts';
import { HOOKS } from '../../../src/policy/ingress.ts';

const MINUTE = 60_000;
const quiet = new Proxy({}, { get: () => () => {} }) as Logger;
const router = { waits: new Set(), emit: () => undefined } as unknown as EventSender;

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

it('is not the full one for a node that has refused it, however long ago: a reload would take its hooks away', async () => {
  const config = Config.parse({
    publish: { at: 'auto', ingress: 'always', rules: [{ topics: 'a', drop: true }] },
  });
  const live = await openServerRuntime(config, { hooks: [], lookups: {}, router, log: quiet, env: {} });
  const { policy, lookups } = live.current();
  const ask = () => {
    const question = {
      kind: HOOKS,
      node: 'a',
      version: '6.2.0',
      hooks: policy.hooks,
      ingress: policy.ingress,
    };
    return lookups[HOOKS]?.(question, {} as LookupContext);
  };
  const hasIngress = (hooks: unknown) => JSON.stringify(hooks).includes('message.ingress');
  expect(hasIngress(ask())).toBe(true);
  vi.advanceTimersByTime(MINUTE);
  expect([hasIngress(ask()), live.ownList?.isIngressRefused]).toStrictEqual([false, true]);
  vi.advanceTimersByTime(11 * MINUTE);
  expect(live.ownList?.isIngressRefused).toBe(true);
  expect([hasIngress(ask()), live.ownList?.isIngressRefused]).toStrictEqual([true, false]);
  live.close();
});
