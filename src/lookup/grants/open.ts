/** Opens the grant store that a configuration selects. */

import { readPem } from '../../lib/pem.ts';
import { redisCode } from '../../lib/redis/code.ts';
import { readRedisUrl } from '../../lib/redis/place.ts';
import { type Environment, readSecret } from '../../lib/secret.ts';
import { describeProblem, PolicyError } from '../policy/policy-error.ts';
import type { Authorize } from '../sections/authorize.ts';
import type { RedisGrants } from '../sections/grants.ts';
import { createMemoryGrants } from './memory.ts';
import type { GrantStore } from './store.ts';

export interface GrantsWorld {
  readonly env: Environment;
  readonly log: { info(message: string): void; warn(message: string): void };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never go back; only differences count. */
  readonly monotonic: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Clients whose tags are kept when no topics are decided here: only custom hooks could ask for them. */
const DEFAULT_MAX = 100_000;

const PATH = ['authorize', 'grants', 'redis'];

/** @throws PolicyError when a secret or certificate cannot be read; an unreachable Redis is not an error. */
export async function openGrantStore(
  grants: Authorize['grants'] | undefined,
  world: GrantsWorld,
): Promise<GrantStore> {
  const { max = DEFAULT_MAX, redis } = grants ?? {};
  if (redis === undefined) return createMemoryGrants({ max, now: world.now });
  try {
    return await openRedisGrants(redis, max, world);
  } catch (error) {
    throw new PolicyError(describeProblem(error, PATH));
  }
}

/**
 * Reads the files and variables that the store needs, without connecting. Used by checks.
 *
 * @throws PolicyError
 */
export async function checkGrantStore(
  grants: Authorize['grants'] | undefined,
  env: Environment,
): Promise<void> {
  if (grants?.redis === undefined) return;
  try {
    await readFiles(grants.redis, env);
  } catch (error) {
    throw new PolicyError(describeProblem(error, PATH));
  }
}

async function readFiles({ password, ca, cert, key }: RedisGrants, env: Environment) {
  const [secret, ...pems] = await Promise.all([
    password === undefined ? undefined : readSecret(password, env),
    ...[ca, cert, key].map(readPem),
  ]);
  const [caPem, certPem, keyPem] = pems;
  return {
    password: secret,
    tls: { ...(caPem && { ca: caPem }), ...(certPem && { cert: certPem }), ...(keyPem && { key: keyPem }) },
  };
}

async function openRedisGrants(redis: RedisGrants, max: number, world: GrantsWorld): Promise<GrantStore> {
  const { now, monotonic, random, env, log } = world;
  const { url, username, prefix, ttl, freshness, timeout } = redis;
  const { password, tls } = await readFiles(redis, env);
  const [{ openRedisRecords }, { createSharedGrants }] = await Promise.all([
    import('./redis.ts'),
    import('./shared.ts'),
  ]);
  const { isTls, name: place, ...address } = readRedisUrl(url);
  const records = await openRedisRecords({
    ...address,
    username,
    password,
    tls: isTls ? tls : undefined,
    ttl,
    timeout,
    now: monotonic,
    random,
    onLost: (error) =>
      log.warn(`${place} cannot be used (${redisCode(error)}): requests that need it fail until it answers`),
    onBack: () => log.info(`${place} answers again`),
  });
  return createSharedGrants({ records, prefix, freshness, max, now, monotonic });
}
