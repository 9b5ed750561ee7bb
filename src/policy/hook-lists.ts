/** Compares the list of hooks that a broker uses with the list that it should use. */
import type { HookSpec } from '../protocol/schema/replies.ts';

/** A list as this server sends it or as a broker reports it. A broker's list may contain unknown hooks. */
export type HookList = readonly { readonly name: string; readonly topics: readonly string[] }[];

export interface ListDifference<Name extends string = string> {
  /** Hooks that the broker should call but does not. */
  readonly missing: readonly Name[];
  /** Hooks that the broker calls but should not. */
  readonly extra: readonly Name[];
  /** Hooks that the broker calls with the wrong topic filters. */
  readonly otherTopics: readonly Name[];
}

export function compareLists<Name extends string = HookSpec['name']>(
  held: HookList,
  wanted: HookList,
): ListDifference<Name> {
  const holds = (name: string) => held.find((hook) => hook.name === name);
  const isOther = (hook: HookList[number]): boolean => {
    const before = holds(hook.name);
    // Brokers apply topic filters to message hooks only.
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
