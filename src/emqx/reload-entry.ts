/** Makes a broker read the list of hooks of an ExHook server again: disables and enables its entry. */
import { sleep } from '../lib/sleep.ts';
import type { EmqxClient } from './client.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Keys that a request may contain; a response has more. */
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

/** Picks the keys of a response that a request may contain, or a subset of them. */
export function pickConfig(values: Raw, keys: readonly string[] = configKeys): Raw {
  return Object.fromEntries(
    Object.entries(values).filter(([key]) => configKeys.includes(key) && keys.includes(key)),
  );
}

/** Delays before each further attempt to enable the entry, in milliseconds. */
const PAUSES = [0, 500, 1_000, 2_000, 5_000, 10_000, 20_000];

/**
 * Disables and enables the entry. While it is disabled the broker does not ask this server, so enabling is retried.
 *
 * @param body the whole entry: a key that the request leaves out is lost.
 * @throws EmqxError if the entry could not be disabled, or not be enabled again.
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
