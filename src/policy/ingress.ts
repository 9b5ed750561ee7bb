/**
 * Which brokers have message.ingress. EMQX refuses a whole list of hooks for one name that it does not know, and then
 * calls none of them: every client is let in. So the list depends on the release that asks.
 */
import type { HookSpec } from '../protocol/schema/replies.ts';
import { isSince } from './broker-version.ts';

/** `auto`: by the release. The others are for brokers whose version tells nothing, such as builds of your own. */
export type IngressSupport = 'auto' | 'always' | 'never';

/** The kind of the question that the list of a node answers. */
export const HOOKS = 'provider/hooks';

/** The first release with message.ingress; its betas and release candidates lack it. */
export const FIRST_WITH_INGRESS = [6, 3, 0] as const;

/**
 * Whether a broker of this version can be asked for message.ingress.
 *
 * @param version as brokers write it: `6.3.0`, `6.3.0-beta.2`, `6.4.1-g1234abcd`; `''` when it is not known.
 */
export function hasIngress(version: string, support: IngressSupport = 'auto'): boolean {
  if (support !== 'auto') return support === 'always';
  const [, major, minor, patch, suffix] = /^v?(\d+)\.(\d+)\.(\d+)(.*)$/.exec(version.trim()) ?? [];
  if (patch === undefined) return false;
  const release = [Number(major), Number(minor), Number(patch)] as const;
  // A build of the first release that is not the release itself came before it.
  return isSince(release, FIRST_WITH_INGRESS) && (suffix === '' || !isSince(FIRST_WITH_INGRESS, release));
}

/** The hooks that a broker of this version can be asked to call. */
export function hooksFor(
  hooks: readonly HookSpec[],
  version: string,
  support: IngressSupport | undefined,
): readonly HookSpec[] {
  return hasIngress(version, support) ? hooks : withoutIngress(hooks);
}

interface Named {
  readonly name: string;
}

export function listsIngress(hooks: readonly Named[]): boolean {
  return hooks.some(isIngress);
}

/** The same list when it does not name message.ingress. */
export function withoutIngress<Hook extends Named>(hooks: readonly Hook[]): readonly Hook[] {
  return listsIngress(hooks) ? hooks.filter((hook) => !isIngress(hook)) : hooks;
}

/** The same with message.ingress for every topic. */
export function withoutIngressTopics(hooks: readonly HookSpec[]): readonly HookSpec[] {
  return hooks.map((hook) => (isIngress(hook) && hook.topics.length > 0 ? { ...hook, topics: [] } : hook));
}

function isIngress({ name }: Named): boolean {
  return name === 'message.ingress';
}
