/** Opens the policies of a configuration file for a command; watches nothing. */

import { load } from '../../app/load.ts';
import type { Config } from '../../config/schema.ts';
import type { Environment } from '../../config/variables.ts';
import { openDryPolicy } from '../../lookup/open-dry.ts';
import { type OpenPolicy, PolicyError } from '../../lookup/open-policy.ts';
import type { Terminal } from './terminal.ts';

/** Returns `undefined` when they cannot be used; the problems have then been printed. */
export async function openPolicyFor(
  file: string,
  env: Environment,
  terminal: Terminal,
  now: () => number = Date.now,
): Promise<{ config: Config; policy: OpenPolicy } | undefined> {
  const loaded = await load(['--config', file], env);
  if ('problems' in loaded) {
    for (const problem of loaded.problems) terminal.err(problem);
    return undefined;
  }
  try {
    return { config: loaded.config, policy: await openDry(loaded.config, env, terminal, now) };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const problem of await loaded.place(error.problems)) terminal.err(problem);
    return undefined;
  }
}

/** @throws PolicyError */
export async function openDry(
  config: Config,
  env: Environment,
  terminal: Pick<Terminal, 'err'>,
  now: () => number = Date.now,
): Promise<OpenPolicy> {
  return await openDryPolicy(config, { env, warn: terminal.err, now });
}
