/** Puts the cache and late answers in front of the login methods with look-ups. */
import type { Lookup } from '../../core/runtime.ts';
import { heapShare } from '../../lib/heap-share.ts';
import { questionKind } from '../../policy/login/authenticate.ts';
import type { Login, MethodAnswer } from '../../policy/policy.ts';
import { type Cache, createCache } from '../cache.ts';
import { withCallerSignal } from '../deadline.ts';
import type { LateAnswers } from '../http/late-answers.ts';
import type { OpenMethod } from '../methods/method.ts';
import type { OpenedMethod } from './methods.ts';
import type { PolicyConfig, PolicyWorld } from './open-policy.ts';

export type LoginCache = Cache<MethodAnswer>;

export function createLoginCache(
  { ttl, negativeTtl, jitter, max }: NonNullable<NonNullable<PolicyConfig['authenticate']>['cache']>,
  { now, monotonic, random }: PolicyWorld,
): LoginCache {
  return createCache<MethodAnswer>({
    ttl,
    negativeTtl,
    jitter,
    max,
    bytes: { max: heapShare(0.1), of: estimateBytes },
    isPositive: ({ result }) => result === 'allow',
    isKept: (answer) => answer.result !== 'unknown' || answer.isBroken !== true,
    expiresAt: (answer) => (answer.result === 'allow' ? answer.grant?.expiresAt : undefined),
    now,
    monotonic,
    random,
  });
}

export interface LoginMemory {
  readonly cache: LoginCache | undefined;
  /** Absent when late answers are not kept. */
  readonly late: LateAnswers | undefined;
}

/** Measured: an entry with its key and objects. Texts of answers count two bytes a character. */
const ENTRY_BYTES = 512;
const PER_CHARACTER = 3;

/** Estimates the bytes of a cached answer: grants with many topics must not fill the memory. */
export function estimateBytes(answer: MethodAnswer): number {
  const isSmall = answer.result !== 'allow' || answer.grant === undefined;
  return isSmall ? ENTRY_BYTES : ENTRY_BYTES + PER_CHARACTER * JSON.stringify(answer.grant).length;
}

/** Returns the look-ups of the methods, by kind. */
export function methodLookups(methods: readonly OpenedMethod[], memory: LoginMemory): Record<string, Lookup> {
  return Object.fromEntries(
    methods.flatMap(({ name, open }) =>
      open === undefined ? [] : [[questionKind(name), methodLookup(name, open, memory)]],
    ),
  );
}

function methodLookup(name: string, open: OpenMethod, { cache, late }: LoginMemory): Lookup {
  if (!open.isCacheable) return (question, context) => open.look(question.client as Login, context);
  return (question, context) => {
    const client = shownOf(question.client as Login);
    const parts = [name, ...keyNames.map((key) => client[key])];
    const known = late?.take(parts);
    if (known !== undefined) return known;
    // Others may wait for the same answer: it does not end with the first caller's deadline.
    const answer =
      cache?.get(parts, () => open.look(client, { deadline: context.deadline })) ??
      open.look(client, context);
    late?.follow(parts, answer, context.signal);
    return withCallerSignal(answer, context.signal);
  };
}

/** Everything that an answer may depend on. The compiler demands each property of `Login` here. */
const keyed: Readonly<Record<keyof Login, true>> = {
  username: true,
  clientid: true,
  password: true,
  peerhost: true,
  cn: true,
  dn: true,
  protocol: true,
  mountpoint: true,
};
const keyNames = Object.keys(keyed) as readonly (keyof Login)[];

/** Hides from the method what is not in the key. */
function shownOf(client: Login): Login {
  return Object.fromEntries(keyNames.map((key) => [key, client[key]])) as unknown as Login;
}
