/**
 * Loads a configuration from its sources: defaults < file < environment < flags.
 *
 * Pure: the caller reads the file and handles problems.
 */

import { formatPath } from '../lib/format-path.ts';
import { type Deprecation, deprecations } from './deprecations.ts';
import type { ConfigDocument } from './document.ts';
import { explain, type Finding } from './explain.ts';
import { withoutExtensions } from './extensions.ts';
import { type GivenValue, mergeSources } from './merge-sources.ts';
import { type MigratedDocument, migrateKeys } from './migrate-keys.ts';
import { type Problem, problemAt } from './problem.ts';
import { findRouteWarnings } from './route-check.ts';
import { Config } from './schema.ts';
import type { Sources } from './sources.ts';

export interface ConfigFile {
  readonly path: string;
  /** Returned by `parseYaml` of yaml.ts. */
  readonly document: ConfigDocument;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file that received calls are written to. */
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

/** Compiling a faster validator takes longer than validating once. */
const ONCE = { jitless: true };

/**
 * Loads the configuration and reports every problem at once. Never throws.
 *
 * @param table the old keys that still work. Default: those of deprecations.ts.
 */
export function loadConfig(
  sources: Sources,
  file: ConfigFile | undefined,
  table: readonly Deprecation[] = deprecations,
): LoadedConfig | RejectedConfig {
  const { values, record } = sources;
  const modern = migrateKeys(withoutExtensions(file?.document.content ?? {}), table);
  const parsed = Config.safeParse(mergeSources(modern.content, values), ONCE);
  const findings = [...modern.problems, ...(parsed.success ? [] : explain(parsed.error))];
  const blameFor = (finding: Finding) => blame(finding, values, file, modern);
  const problems = [...explainFile(file), ...findings.map(blameFor), ...sources.problems].sort(byPosition);
  if (problems.length > 0 || !parsed.success) return { problems };
  const unused = findRouteWarnings(parsed.data).map((warning) => blameFor({ ...warning, part: 'value' }));
  const deprecated = modern.warnings.map((finding) => locate(finding, file));
  const warnings = [...deprecated, ...sources.warnings, ...unused];
  return { config: parsed.data, ...(record !== undefined && { record }), warnings };
}

function explainFile(file: ConfigFile | undefined): Problem[] {
  if (file === undefined) return [];
  return file.document.problems.map(({ position, message }) => problemAt(file.path, position, '', message));
}

/** Names the origin of a value: a flag before a variable before the file, and there the key as written. */
function blame(
  finding: Finding,
  values: readonly GivenValue[],
  file: ConfigFile | undefined,
  { pathBefore }: Pick<MigratedDocument, 'pathBefore'>,
): Problem {
  const { path, message } = finding;
  const giver = values.findLast((given) => given.path.every((name, depth) => name === path[depth]));
  if (giver !== undefined) return { where: `${giver.where}${itemOf(giver, path)}`, message };
  return locate({ ...finding, path: pathBefore(path) }, file);
}

function locate({ path, part, message }: Finding, file: ConfigFile | undefined): Problem {
  const name = formatPath(path);
  if (file === undefined) return { where: name, message };
  return problemAt(file.path, file.document.locate(path, part), name, message);
}

function itemOf(giver: GivenValue, path: readonly PropertyKey[]): string {
  const item = path[giver.path.length];
  return typeof item === 'number' ? `, item ${item + 1}` : '';
}

/** Sorts by position in the file; problems without one follow in their order. */
function byPosition(a: Problem, b: Problem): number {
  if (a.position === undefined || b.position === undefined) return Number(!a.position) - Number(!b.position);
  return a.position.line - b.position.line || a.position.column - b.position.column;
}
