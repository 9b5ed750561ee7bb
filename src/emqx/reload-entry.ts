/** Makes a broker read the list of hooks of an ExHook server again: its entry is disabled and enabled. */
import { sleep } from '../lib/sleep.ts';
import type { EmqxClient } from './client.ts';

type Raw = Readonly<Record<string, unknown>>;

/** What a request may hold; an answer has more. */
const configKeys = [
  'name',
  'enable',
  'url',
  'request_timeout',
  'failed_action',
  'auto_reconnect',
  'pool_size',
  'socket_options',
  'ssl',
];

/** The part of an answer that a request may hold: all of it, or some keys. */
export function pickConfig(values: Raw, keys: readonly string[] = configKeys): Raw {
  return Object.fromEntries(
    Object.entries(values).filter(([key]) => configKeys.includes(key) && keys.includes(key)),
  );
}

/** Milliseconds before the entry is enabled once more, when that fails. */
const PAUSES = [0, 500, 1_000, 2_000, 5_000, 10_000, 20_000];

/**
 * Disables and enables it. While it is disabled nothing is checked here, so that the second half is tried again and again.
 *
 * @param body the whole entry: what a request leaves out is not kept.
 * @throws EmqxError when it could not be disabled, or not be enabled again.
 */
export async function reloadEntry(
  client: EmqxClient,
  path: string,
  body: Raw,
  pauses: readonly number[] = PAUSES,
): Promise<void> {
  await client.request('PUT', path, { ...body, enable: false });
  for (let tries = 0; ; tries++) {
    await sleep(pauses[tries] ?? 0);
    try {
      await client.request('PUT', path, { ...body, enable: true });
      return;
    } catch (error) {
      if (tries >= pauses.length - 1) throw error;
    }
  }
}
