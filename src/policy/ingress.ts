/**
 * Which brokers have message.ingress. EMQX refuses a whole list of hooks for one name that it does not know, and then
 * calls none of them: every client is let in. So the list depends on the release that asks.
 */
import type { HookSpec } from '../schema/replies.ts';

/** `auto`: by the release. The others are for brokers whose version tells nothing, such as builds of your own. */
export type IngressSupport = 'auto' | 'always' | 'never';

/** The kind of the question that the list of a node answers. */
export const HOOKS = 'provider/hooks';

/** The first release with message.ingress; its betas and release candidates lack it. */
const FIRST = [6, 3, 0] as const;

/**
 * Whether a broker of this version can be asked for message.ingress.
 *
 * @param version as brokers write it: `6.3.0`, `6.3.0-beta.2`, `6.4.1-g1234abcd`; `''` when it is not known.
 */
export function hasIngress(version: string, support: IngressSupport = 'auto'): boolean {
  if (support !== 'auto') return support === 'always';
  const found = /^v?(\d+)\.(\d+)\.(\d+)(.*)$/.exec(version.trim());
  if (found === null) return false;
  const place = FIRST.findIndex((number, i) => Number(found[i + 1]) !== number);
  if (place === -1) return found[4] === '';
  return Number(found[place + 1]) > (FIRST[place] as number);
}

/** The hooks that a broker of this version can be asked to call. */
export function hooksFor(
  hooks: readonly HookSpec[],
  version: string,
  support: IngressSupport | undefined,
): readonly HookSpec[] {
  if (!hooks.some(isIngress) || hasIngress(version, support)) return hooks;
  return hooks.filter((hook) => !isIngress(hook));
}

function isIngress({ name }: HookSpec): boolean {
  return name === 'message.ingress';
}
