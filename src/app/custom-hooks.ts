/** Loads custom hooks: modules named in the configuration, whose hooks replace built-in ones. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Problem } from '../config/problem.ts';
import { type AnyHook, findHookProblem, type HookTable } from '../core/hook.ts';
import type { Lookup } from '../core/runtime.ts';
import { explainImport, type ImportModule, importFile } from '../lib/import-file.ts';
import { isHookName } from '../protocol/schema/hook-name.ts';
import { keepEvents } from './built-in-events.ts';
import { boundList } from './custom-list.ts';

export interface CustomHooks {
  readonly hooks: readonly AnyHook[];
  /** By the kind of question they answer. */
  readonly lookups: Readonly<Record<string, Lookup>>;
  readonly problems?: never;
}

export interface RejectedHooks {
  readonly problems: readonly Problem[];
  readonly hooks?: never;
}

interface Found {
  readonly hooks: Map<string, { readonly hook: AnyHook; readonly file: string }>;
  readonly lookups: Map<string, { readonly lookup: Lookup; readonly file: string }>;
  readonly problems: Problem[];
}

/**
 * Imports the modules and collects their hooks: a default export that is a hook or a list of hooks, and every named
 * export that is one. An export named `lookups` answers the questions of hooks, by kind.
 *
 * @param baseDir base of relative paths: the directory of the configuration file.
 */
export async function loadCustomHooks(
  paths: readonly string[],
  baseDir: string,
  importModule: ImportModule = importFile,
): Promise<CustomHooks | RejectedHooks> {
  const found: Found = { hooks: new Map(), lookups: new Map(), problems: [] };
  const files = new Map(paths.map((file) => [resolve(baseDir, file), file]));
  for (const [path, file] of files) {
    try {
      collect(found, file, await importModule(pathToFileURL(path).href));
    } catch (error) {
      found.problems.push({ where: file, message: explainImport(error, path) });
    }
  }
  const { problems } = found;
  if (problems.length > 0) return { problems };
  const lookups = [...found.lookups].map(([kind, { lookup }]) => [kind, lookup] as const);
  return { hooks: [...found.hooks.values()].map(({ hook }) => hook), lookups: Object.fromEntries(lookups) };
}

/** Returns the table with hooks replaced by those of the same name. Their events stay if the new hook returns none. */
export function replaceHooks(table: HookTable, hooks: readonly AnyHook[]): HookTable {
  const replaced = hooks.map((hook) => [hook.name, boundList(keepEvents(table[hook.name] as AnyHook, hook))]);
  return { ...table, ...Object.fromEntries(replaced) };
}

function collect(found: Found, file: string, module: Record<string, unknown>): void {
  const { default: standard, lookups, ...named } = module;
  const candidates = new Set<unknown>(Object.values(named).filter(isMeantAsHook));
  for (const value of Array.isArray(standard) ? standard : [standard]) {
    if (value !== undefined) candidates.add(value);
  }
  if (candidates.size === 0 && lookups === undefined) {
    found.problems.push({
      where: file,
      message: 'exports no hook; write export default defineHook({ name, decide })',
    });
  }
  for (const candidate of candidates) addHook(found, file, candidate);
  if (lookups !== undefined) addLookups(found, file, lookups);
}

/** Other exports are ignored. */
function isMeantAsHook(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isHookName((value as Partial<AnyHook>).name);
}

function addHook(found: Found, file: string, candidate: unknown): void {
  const hook = candidate as AnyHook;
  const problem =
    findHookProblem(candidate) ?? findDouble(found.hooks.get(hook.name)?.file, `hook ${hook.name}`, file);
  if (problem !== undefined) found.problems.push({ where: file, message: problem });
  else found.hooks.set(hook.name, { hook, file });
}

function addLookups(found: Found, file: string, lookups: unknown): void {
  const report = (message: string): unknown => found.problems.push({ where: file, message });
  if (typeof lookups !== 'object' || lookups === null) {
    report('"lookups" must be an object of functions, by the kind of question they answer');
    return;
  }
  for (const [kind, lookup] of Object.entries(lookups)) {
    const double = findDouble(found.lookups.get(kind)?.file, `look-up "${kind}"`, file);
    if (typeof lookup !== 'function') report(`look-up "${kind}" must be a function of a question`);
    else if (double !== undefined) report(double);
    else found.lookups.set(kind, { lookup: lookup as Lookup, file });
  }
}

function findDouble(before: string | undefined, what: string, file: string): string | undefined {
  if (before === undefined) return undefined;
  return before === file
    ? `exports ${what} twice; keep one`
    : `exports ${what}, and so does ${before}; keep one`;
}
