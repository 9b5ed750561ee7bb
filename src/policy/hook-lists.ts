/** How two lists of hooks differ: the one that a broker holds, and the one that it should hold. */
import type { HookSpec } from '../protocol/schema/replies.ts';

/** A list as this server answers it, or as a broker tells it: that may name hooks that are not known here. */
export type HookList = readonly { readonly name: string; readonly topics: readonly string[] }[];

export interface ListDifference<Name extends string = string> {
  /** Hooks that should be called and are not. */
  readonly missing: readonly Name[];
  /** Hooks that are called and should not be. */
  readonly extra: readonly Name[];
  /** Hooks that are called for other topics than they should be. */
  readonly otherTopics: readonly Name[];
}

export function compareLists<Name extends string = HookSpec['name']>(
  held: HookList,
  wanted: HookList,
): ListDifference<Name> {
  const holds = (name: string) => held.find((hook) => hook.name === name);
  const isOther = (hook: HookList[number]): boolean => {
    const before = holds(hook.name);
    // Brokers heed topics of message hooks alone.
    return before !== undefined && hook.name.startsWith('message.') && topicKey(before) !== topicKey(hook);
  };
  return {
    missing: namesOf(wanted.filter(({ name }) => holds(name) === undefined)),
    extra: namesOf(held.filter(({ name }) => !wanted.some((hook) => hook.name === name))),
    otherTopics: namesOf(wanted.filter(isOther)),
  };
}

export function isDifferent({ missing, extra, otherTopics }: ListDifference): boolean {
  return missing.length + extra.length + otherTopics.length > 0;
}

/** No filter and `#` mean the same. */
function topicKey({ topics }: HookList[number]): string {
  return topics.length === 0 || topics.includes('#') ? '#' : [...topics].sort().join('\n');
}

function namesOf<Name extends string>(hooks: HookList): Name[] {
  return hooks.map(({ name }) => name as Name);
}
