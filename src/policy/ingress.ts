/**
 * Which brokers support message.ingress. EMQX rejects the whole list of hooks if it contains one unknown name. It then
 * calls no hook and admits every client. Therefore the list depends on the release of the caller.
 */
import type { HookSpec } from '../protocol/schema/replies.ts';
import { isSince } from './broker-version.ts';

/** `auto`: by release. Use the others for brokers whose version is not conclusive, such as your own builds. */
export type IngressSupport = 'auto' | 'always' | 'never';

/** Kind of the question for the list of a node. */
export const HOOKS = 'provider/hooks';

/** The first release with message.ingress. Its betas and release candidates lack it. */
export const FIRST_WITH_INGRESS = [6, 3, 0] as const;

/**
 * Reports whether a broker of this version supports message.ingress.
 *
 * @param version as sent by the broker: `6.3.0`, `6.3.0-beta.2`, `6.4.1-g1234abcd`; `''` if unknown.
 */
export function hasIngress(version: string, support: IngressSupport = 'auto'): boolean {
  if (support !== 'auto') return support === 'always';
  const [, major, minor, patch, suffix] = /^v?(\d+)\.(\d+)\.(\d+)(.*)$/.exec(version.trim()) ?? [];
  if (patch === undefined) return false;
  const release = [Number(major), Number(minor), Number(patch)] as const;
  // A pre-release or development build of the first release is older than the release.
  return isSince(release, FIRST_WITH_INGRESS) && (suffix === '' || !isSince(FIRST_WITH_INGRESS, release));
}

/** Returns the hooks that a broker of this version supports. */
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

/** Returns the list without message.ingress. */
export function withoutIngress<Hook extends Named>(hooks: readonly Hook[]): readonly Hook[] {
  return listsIngress(hooks) ? hooks.filter((hook) => !isIngress(hook)) : hooks;
}

/** Returns the list with message.ingress for every topic. */
export function withoutIngressTopics(hooks: readonly HookSpec[]): readonly HookSpec[] {
  return hooks.map((hook) => (isIngress(hook) && hook.topics.length > 0 ? { ...hook, topics: [] } : hook));
}

function isIngress({ name }: Named): boolean {
  return name === 'message.ingress';
}
