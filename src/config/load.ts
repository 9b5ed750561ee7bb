/**
 * From what was given to a configuration: defaults < file < environment < flags.
 *
 * Pure: the caller reads the file, the environment and the command line, and decides what problems cost.
 */
import { type Deprecation, deprecations } from './deprecations.ts';
import type { ConfigDocument } from './document.ts';
import { explain, type Finding } from './explain.ts';
import { withoutExtensions } from './extensions.ts';
import { type Given, readFlags } from './flags.ts';
import { mergeSources } from './merge-sources.ts';
import { type MigratedDocument, migrateKeys } from './migrate-keys.ts';
import { oldKeys, renameGiven } from './old-keys.ts';
import { formatPath, type Problem, problemAt } from './problem.ts';
import { findRouteWarnings } from './route-check.ts';
import { Config } from './schema.ts';
import { CONFIG_VARIABLE, type Environment, findMisspelt, readVariables } from './variables.ts';

export interface ConfigFile {
  readonly path: string;
  /** Made by `parseYaml` of yaml.ts. */
  readonly document: ConfigDocument;
}

export interface ConfigInputs {
  /** Flags only, without the program and the subcommand. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly file?: ConfigFile | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file to write received calls to. */
  readonly record?: string;
  readonly warnings: readonly Problem[];
  readonly problems?: never;
}

export interface RejectedConfig {
  /** At least one, those of the file first. */
  readonly problems: readonly Problem[];
  readonly config?: never;
  readonly warnings?: never;
}

/** The file that is to be read, if any: `--config FILE`, else the variable EXHOOK_CONFIG. */
export function locateConfig(argv: readonly string[], env: Environment): string | undefined {
  return readFlags(argv).config ?? (env[CONFIG_VARIABLE] || undefined);
}

/**
 * Reports every problem at once. Never throws.
 *
 * @param table the old keys that still work. Default: those of deprecations.ts.
 */
export function loadConfig(
  { argv, env, file }: ConfigInputs,
  table: readonly Deprecation[] = deprecations,
): LoadedConfig | RejectedConfig {
  const old = oldKeys(table);
  const flags = readFlags(argv, old);
  const { given, warnings: renamed } = renameGiven([
    ...readVariables(env, old),
    ...readVariables(env),
    ...flags.given,
  ]);
  const modern = migrateKeys(withoutExtensions(file?.document.content ?? {}), table);
  const parsed = Config.safeParse(mergeSources(modern.content, given));
  const findings = [...modern.problems, ...(parsed.success ? [] : explain(parsed.error))];
  const blameFor = (finding: Finding) => blame(finding, given, file, modern);
  const problems = [...explainFile(file), ...findings.map(blameFor), ...flags.problems].sort(byPosition);
  if (problems.length > 0 || !parsed.success) return { problems };
  const { record } = flags;
  const unused = findRouteWarnings(parsed.data).map((warning) => blameFor({ ...warning, part: 'value' }));
  const deprecated = modern.warnings.map((finding) => locate(finding, file));
  const warnings = [...deprecated, ...renamed, ...findMisspelt(env, old), ...unused];
  return { config: parsed.data, ...(record !== undefined && { record }), warnings };
}

function explainFile(file: ConfigFile | undefined): Problem[] {
  if (file === undefined) return [];
  return file.document.problems.map(({ position, message }) => problemAt(file.path, position, '', message));
}

/** Names whoever gave the value: a flag before a variable before the file, and there the key as it was written. */
function blame(
  finding: Finding,
  given: readonly Given[],
  file: ConfigFile | undefined,
  { pathBefore }: Pick<MigratedDocument, 'pathBefore'>,
): Problem {
  const { path, message } = finding;
  const giver = given.findLast(({ key }) => key.path.every((name, depth) => name === path[depth]));
  if (giver !== undefined) return { where: `${giver.where}${itemOf(giver, path)}`, message };
  return locate({ ...finding, path: pathBefore(path) }, file);
}

function locate({ path, part, message }: Finding, file: ConfigFile | undefined): Problem {
  const name = formatPath(path);
  if (file === undefined) return { where: name, message };
  return problemAt(file.path, file.document.locate(path, part), name, message);
}

function itemOf({ key }: Given, path: readonly PropertyKey[]): string {
  const item = path[key.path.length];
  return typeof item === 'number' ? `, item ${item + 1}` : '';
}

/** In the order of the file; what has no position keeps its place behind. */
function byPosition(a: Problem, b: Problem): number {
  if (a.position === undefined || b.position === undefined) return Number(!a.position) - Number(!b.position);
  return a.position.line - b.position.line || a.position.column - b.position.column;
}
