/** The hooks that a provider asked for, with their topic filters. */
import { matches } from '../../../policy/topics/topic-filter.ts';
import {
  type HookName,
  isHookName,
  isMessageHook,
  isRegistrable,
} from '../../../protocol/schema/hook-name.ts';
import type { DecodedResponse } from '../../../protocol/wire/decode-response.ts';
import type { Release } from './release.ts';

export type HookList = ReadonlyMap<HookName, readonly string[]>;

/**
 * Reads the reply to OnProviderLoaded. As EMQX does, a list with one name that the release does not know is refused as
 * a whole.
 *
 * @throws Error that names the hook.
 */
export function readHookList(
  { hooks = [] }: DecodedResponse,
  { version, hasIngress }: Pick<Release, 'version' | 'hasIngress'>,
): HookList {
  const list = new Map<HookName, readonly string[]>();
  for (const { name, topics } of hooks) {
    const isKnown = isHookName(name) && isRegistrable(name) && (hasIngress || name !== 'message.ingress');
    if (!isKnown)
      throw new Error(`EMQX ${version} does not know the hook ${JSON.stringify(name.slice(0, 64))}`);
    list.set(name, isMessageHook(name) ? topics : []);
  }
  return list;
}

/** Whether a hook is called, for a message with this topic. An empty list of filters means every topic. */
export function isWanted(list: HookList, hook: HookName, topic?: string): boolean {
  const filters = list.get(hook);
  if (filters === undefined) return false;
  return filters.length === 0 || topic === undefined || filters.some((filter) => matches(filter, topic));
}
