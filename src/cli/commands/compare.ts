import { replaceHooks } from '../../app/custom-hooks.ts';
import { load } from '../../app/load.ts';
import type { Environment } from '../../config/variables.ts';
import { hooks } from '../../core/hooks/index.ts';
import {
  type ConfigurationRunSource,
  openConfigurationRun,
} from '../../inspector/compare/configuration-run.ts';
import { type Comparison, compareRuns, isUnchanged } from '../../inspector/compare/group.ts';
import { toJson } from '../../inspector/compare/json.ts';
import { compareRegistrations, type Registration } from '../../inspector/compare/registration.ts';
import { type Clock, run } from '../../inspector/compare/run.ts';
import { type ComparedHook, comparedHooks, subjectsOf } from '../../inspector/compare/subject.ts';
import { PolicyError } from '../../lookup/open-policy.ts';
import { printComparison } from '../compare/print.ts';
import { openDry } from './policy.ts';
import { readRecordings } from './read-recordings.ts';
import type { Terminal } from './terminal.ts';

export interface CompareArguments {
  readonly before: string;
  readonly after: string;
  readonly recordings: readonly string[];
  /** Short names of hooks: authenticate, authorize, publish. */
  readonly only?: readonly string[] | undefined;
  /** Most calls shown per group. */
  readonly limit: number;
  readonly changedOnly: boolean;
  readonly json: boolean;
}

/**
 * `exhook compare`. @returns the exit status: 0 if nothing would change, 1 if something may, 2 if it could
 * not compare.
 */
export async function compareCommand(
  args: CompareArguments,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const wanted = hooksOf(args.only);
  if (typeof wanted === 'string') {
    terminal.err(wanted);
    return 2;
  }
  const clock: Clock = { time: Date.now() };
  const calls = await readRecordings(args.recordings, terminal);
  const sources: (ConfigurationRunSource | undefined)[] = [];
  try {
    for (const file of [args.before, args.after]) sources.push(await open(file, env, terminal, clock));
    const [before, after] = sources;
    if (calls === undefined || before === undefined || after === undefined) return 2;
    const subjects = subjectsOf(calls);
    if (!subjects.some(({ hook }) => wanted.includes(hook))) {
      terminal.err(`there are no calls of ${wanted.join(', ')} in ${args.recordings.join(', ')}`);
      return 2;
    }
    const start = clock.time;
    const old = await run(await openConfigurationRun(before), subjects, clock);
    clock.time = start;
    const now = await run(await openConfigurationRun(after), subjects, clock);
    // Logins may bring tags and grants for the selected calls: all calls are run.
    const registrations = compareRegistrations(before, after);
    const comparison = compareRuns(subjects, old, now, { hooks: wanted, registrations });
    print(comparison, registrations, args, terminal);
    return isUnchanged(comparison) ? 0 : 1;
  } finally {
    for (const source of sources) source?.policy.close();
  }
}

function print(
  comparison: Comparison,
  registrations: readonly Registration[],
  { json, limit, changedOnly, recordings }: CompareArguments,
  terminal: Terminal,
): void {
  const options = {
    limit,
    isChangedOnly: changedOnly,
    hasColours: terminal.hasColours === true,
    hasSeveralFiles: recordings.length > 1,
    registrations,
  };
  const { paint } = terminal;
  const write = options.hasColours && !json && paint !== undefined ? paint : terminal.out;
  write(json ? toJson(comparison, registrations) : printComparison(comparison, options));
}

function hooksOf(only: readonly string[] | undefined): readonly ComparedHook[] | string {
  if (only === undefined) return comparedHooks;
  const found = comparedHooks.filter((hook) => only.some((name) => hook.endsWith(`.${name}`)));
  if (found.length === new Set(only).size) return found;
  const names = comparedHooks.map((hook) => hook.split('.')[1]);
  return `--only takes a comma-separated list of ${names.join(', ')}`;
}

/** Returns `undefined` when the file cannot be used; the problems have then been printed. */
async function open(
  file: string,
  env: Environment,
  terminal: Terminal,
  clock: Clock,
): Promise<ConfigurationRunSource | undefined> {
  const loaded = await load(['--config', file], env);
  if ('problems' in loaded) {
    for (const problem of loaded.problems) terminal.err(problem);
    return undefined;
  }
  const { config, custom, place } = loaded;
  try {
    const table = replaceHooks(hooks, custom.hooks);
    return { config, custom, table, policy: await openDry(config, env, terminal, () => clock.time) };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const problem of await place(error.problems)) terminal.err(problem);
    return undefined;
  }
}
