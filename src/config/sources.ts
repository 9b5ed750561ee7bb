/**
 * The values of the command line and the environment: read once, as plain data that another thread can use.
 */
import { type Deprecation, deprecations } from './deprecations.ts';
import { readFlags } from './flags.ts';
import { type GivenValue, readText } from './merge-sources.ts';
import { oldKeys, renameGiven } from './old-keys.ts';
import type { Problem } from './problem.ts';
import { CONFIG_VARIABLE, type Environment, findMisspelt, readVariables } from './variables.ts';

export interface Sources {
  /** The configuration file, if any: `--config FILE`, else the variable EXHOOK_CONFIG. */
  readonly path: string | undefined;
  /** The file that received calls are written to. */
  readonly record: string | undefined;
  /** Variables before flags: a later one wins. */
  readonly values: readonly GivenValue[];
  readonly problems: readonly Problem[];
  /** About old names, then about misspelt ones. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads all sources and reports every problem at once. Never throws.
 *
 * @param argv flags only, without the program and the subcommand.
 * @param table the old keys that still work. Default: those of deprecations.ts.
 */
export function readSources(
  argv: readonly string[],
  env: Environment,
  table: readonly Deprecation[] = deprecations,
): Sources {
  const old = oldKeys(table);
  const { config, record, given: byFlags, problems } = readFlags(argv, old);
  const { given, warnings } = renameGiven([...readVariables(env, old), ...readVariables(env), ...byFlags]);
  return {
    path: config ?? (env[CONFIG_VARIABLE] || undefined),
    record,
    values: given.map(({ key, text, where }) => ({ path: key.path, value: readText(key, text), where })),
    problems,
    warnings: [...warnings, ...findMisspelt(env, old)],
  };
}
