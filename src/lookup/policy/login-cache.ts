/** The cache in front of the methods that ask somebody. */
import type { Config } from '../../config/schema.ts';
import { questionKind } from '../../policy/authenticate.ts';
import type { Login, MethodAnswer } from '../../policy/policy.ts';
import type { Lookup } from '../../shell.ts';
import { type Cache, createCache } from '../cache.ts';
import { withSignal } from '../deadline.ts';
import type { OpenMethod } from '../methods/method.ts';
import type { OpenedMethod } from './methods.ts';
import type { PolicyWorld } from './open-policy.ts';

export type LoginCache = Cache<MethodAnswer>;

export function createLoginCache(
  { ttl, negativeTtl, jitter, max }: NonNullable<NonNullable<Config['authenticate']>['cache']>,
  { now, monotonic, random }: PolicyWorld,
): LoginCache {
  return createCache<MethodAnswer>({
    ttl,
    negativeTtl,
    jitter,
    max,
    isPositive: ({ result }) => result === 'allow',
    expiresAt: (answer) => (answer.result === 'allow' ? answer.grant?.expiresAt : undefined),
    now,
    monotonic,
    random,
  });
}

/** What answers the questions of the methods, by kind. */
export function methodLookups(
  methods: readonly OpenedMethod[],
  cache: LoginCache | undefined,
): Record<string, Lookup> {
  return Object.fromEntries(
    methods.flatMap(({ name, open }) =>
      open === undefined ? [] : [[questionKind(name), methodLookup(name, open, cache)]],
    ),
  );
}

function methodLookup(name: string, open: OpenMethod, cache: LoginCache | undefined): Lookup {
  return (question, { signal }) => {
    const client = question.client as Login;
    if (cache === undefined || !open.isCacheable) return open.look(client, signal);
    const { username, clientid, password, peerhost, cn, dn, protocol, mountpoint } = client;
    const parts = [name, username, clientid, password, peerhost, cn, dn, protocol, mountpoint];
    // Others may wait for the same answer: it does not end with the patience of the first.
    return withSignal(
      cache.get(parts, () => open.look(client, undefined)),
      signal,
    );
  };
}
