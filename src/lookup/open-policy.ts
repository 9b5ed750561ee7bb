/** Opens the policy of a configuration: its files, keys and services, and keeps them fresh. */
import { availableParallelism } from 'node:os';
import { createAdmission } from '../lib/admission/admission.ts';
import { fixedLimit } from '../lib/admission/concurrency-limit.ts';
import { inSlices } from '../lib/slices.ts';
import { LIMITER } from '../policy/login/authenticate.ts';
import { createLateAnswers, type LateAnswers } from './http/late-answers.ts';
import { openConditionsFor } from './messages/open-conditions.ts';
import { openMessages } from './messages/open-messages.ts';
import { type ClientGrants, createClientGrants } from './policy/client-grants.ts';
import { countersOf } from './policy/counters.ts';
import { configDigest, fingerprint } from './policy/fingerprint.ts';
import { limiterWarnings } from './policy/limiter-warnings.ts';
import { createLoginCache, methodLookups } from './policy/login-cache.ts';
import { createLoginLimiter } from './policy/login-limiter.ts';
import { closeMethods, methodWarnings, openMethods } from './policy/methods.ts';
import { createNameGuard, type NameGuard } from './policy/name-guard.ts';
import type { OpenPolicy, PolicyConfig, PolicyWorld } from './policy/open-policy.ts';
import { PolicyError } from './policy/policy-error.ts';
import { openRules } from './policy/rules.ts';
import { policyWarnings } from './policy/warnings.ts';

export type { OpenPolicy, PolicyConfig, PolicyCounters, PolicyWorld } from './policy/open-policy.ts';
export { PolicyError } from './policy/policy-error.ts';

/**
 * No more than the threads of the pool, where the rest would queue, and no more than the cores: more would
 * slow each hash down and leave no thread for files and DNS.
 */
const HASHES_AT_ONCE = Number(process.env.UV_THREADPOOL_SIZE) || Math.min(4, availableParallelism());

/** @throws PolicyError */
export async function openPolicy(config: PolicyConfig, world: PolicyWorld): Promise<OpenPolicy> {
  const { authenticate, authorize } = config;
  const conditions = await openConditionsFor(config);
  const hashing = createAdmission({ limit: fixedLimit(HASHES_AT_ONCE) });
  const cache = authenticate?.cache && createLoginCache(authenticate.cache, world);
  const late = openLateAnswers(authenticate, world);
  let changes = 0;
  let policies: OpenPolicy['policies'] | undefined;
  let guard: NameGuard | undefined;
  const changed = (): void => {
    changes++;
    cache?.clear();
    late?.clear();
    // A file may change while others are still being opened, before the policies are first read.
    if (policies === undefined) return;
    guard?.renew();
    policies = build();
    world.onChange();
  };

  const problems: string[] = [];
  const methodWorld = { ...world, hashing, onChange: changed };
  const openedMethods = await openMethods(authenticate?.methods ?? [], methodWorld, problems);
  guard = createNameGuard(config, openedMethods, conditions, world.log);
  const { methods, accept } = guard;
  const opened = await openRules(authorize, conditions, world, changed, problems, accept);
  const schemaWarnings: string[] = [];
  const publish = await openMessages(config.publish, conditions, problems, schemaWarnings);
  const close = (): void => {
    closeMethods(methods);
    opened.close();
  };
  if (problems.length > 0) {
    close();
    throw new PolicyError(problems);
  }
  const grants = createClientGrants(authenticate, methods, world);
  const configured = await inSlices(configDigest(config));
  const limiter = createLoginLimiter(authenticate, methods, world.monotonic);

  function build(): OpenPolicy['policies'] {
    return {
      revision: `${changes + 1}-${fingerprint(configured, opened.inForce.digest)}`,
      ...(authenticate && {
        authenticate: {
          methods: methods.map(({ method }) => method),
          isLimited: limiter !== undefined,
          otherwise: authenticate.otherwise,
          mode: authenticate.mode,
          keptBefore: grants.keptBefore,
        },
      }),
      ...(authorize && {
        authorize: {
          judge: opened.inForce.judge,
          grantsOrder: authorize.grants.order,
          otherwise: authorize.otherwise,
          mode: authorize.mode,
          ...((authenticate || grants.areShared) && grantsPolicy(grants)),
        },
      }),
      ...(publish && { publish }),
    };
  }
  policies = build();

  return {
    get policies() {
      return policies ?? build();
    },
    get rules() {
      return opened.inForce.rules;
    },
    conditions,
    lookups: {
      ...methodLookups(methods, { cache, late }),
      ...(limiter && { [LIMITER]: limiter.lookup }),
      ...grants.lookups,
    },
    warnings: [
      ...policyWarnings(config),
      ...methodWarnings(methods),
      ...limiterWarnings(authenticate?.limiter, methods),
      ...guard.warnings,
      ...schemaWarnings,
    ],
    counters: countersOf({ cache, limiter, grants: world.grants, hashing, methods: openedMethods }),
    loginDecided(client, decision) {
      if (decision.by === LIMITED || decision.by === FAILED) return;
      limiter?.decided(client, decision);
      grants.decided(client, decision);
    },
    retire: () => opened.close(),
    close,
  };
}

function openLateAnswers(
  authenticate: PolicyConfig['authenticate'],
  { now, monotonic }: PolicyWorld,
): LateAnswers | undefined {
  const ttl = authenticate?.rememberLate ?? 0;
  return ttl === 0 ? undefined : createLateAnswers({ ttl, now, monotonic });
}

/** Names the limiter as the decider instead of a method. */
const LIMITED = 'limiter';
const FAILED = 'onError';

function grantsPolicy({ find, hasUsernameTokens, areShared }: ClientGrants) {
  return { grantsOf: find, hasUsernameTokens, areGrantsShared: areShared };
}
