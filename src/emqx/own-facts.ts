/** What the checks must know of this server's configuration. */
import { type RegisteredHook, registeredHooks } from '../config/hook-list.ts';
import type { Config } from '../config/schema.ts';
import type { HookName } from '../schema/hook-name.ts';

export interface OwnFacts {
  readonly port: number;
  readonly isTls: boolean;
  /** Whether brokers must show a certificate. */
  readonly wantsCertificate: boolean;
  readonly hooks: readonly RegisteredHook[];
  /** Whether an answer of ours decides, and is not only logged. */
  readonly decidesLogins: boolean;
  readonly decidesTopics: boolean;
  /** Durations in milliseconds. */
  readonly bodyTimeout: number;
  readonly drainTimeout: number;
  /** The part of the broker's timeout after which the answer goes out. */
  readonly deadlineFraction: number;
  /** The longest that a login may wait for a service that a policy asks, with what it is. */
  readonly slowest: { readonly what: string; readonly timeout: number } | undefined;
}

/** @param custom names of the hooks that a module of the user's own answers. */
export function ownFacts(config: Config, custom: readonly HookName[]): OwnFacts {
  const { listen, limits, drain, authenticate, authorize } = config;
  return {
    port: listen.port,
    isTls: listen.tls !== undefined,
    wantsCertificate: listen.tls?.clientCa !== undefined,
    hooks: registeredHooks(config, custom),
    decidesLogins: decides(authenticate) || custom.includes('client.authenticate'),
    decidesTopics: decides(authorize) || custom.includes('client.authorize'),
    bodyTimeout: limits.bodyTimeout,
    drainTimeout: drain.timeout,
    deadlineFraction: limits.deadlineFraction,
    slowest: slowestOf(authenticate?.methods ?? []),
  };
}

function decides(policy: { readonly mode: string } | undefined): boolean {
  return policy !== undefined && policy.mode !== 'shadow';
}

type Methods = NonNullable<Config['authenticate']>['methods'];

function slowestOf(methods: Methods): OwnFacts['slowest'] {
  const waits = methods.flatMap(({ http }, i) =>
    http === undefined ? [] : [{ what: `authenticate.methods[${i}].http.timeout`, timeout: http.timeout }],
  );
  return waits.sort((a, b) => b.timeout - a.timeout)[0];
}
