/** Opens the policies of a configuration for single questions: watches no files and calls no services. */
import type { Environment } from '../lib/secret.ts';
import { createMemoryGrants } from './grants/memory.ts';
import { type OpenPolicy, openPolicy, type PolicyConfig } from './open-policy.ts';

/** Most clients that are kept. */
const MAX_CLIENTS = 100_000;

export interface DryWorld {
  /** Where secrets may be. */
  readonly env: Environment;
  readonly warn: (text: string) => void;
  /** Milliseconds since 1970, the time for tokens and grants. */
  readonly now: () => number;
}

/** @throws PolicyError */
export async function openDryPolicy(config: PolicyConfig, { env, warn, now }: DryWorld): Promise<OpenPolicy> {
  return await openPolicy(config, {
    env,
    log: { info: () => {}, warn, error: warn },
    grants: createMemoryGrants({ max: MAX_CLIENTS, now }),
    now,
    monotonic: () => performance.now(),
    random: Math.random,
    isDry: true,
    onChange: () => {},
  });
}
