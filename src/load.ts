/** Reads what was given - flags, environment, file, modules - into one configuration. Touches files, nothing else. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type ConfigFile, loadConfig, locateConfig } from './config/load.ts';
import { placeProblem } from './config/place.ts';
import { resolvePolicyFiles } from './config/policy-files.ts';
import { formatProblem } from './config/problem.ts';
import type { Config } from './config/schema.ts';
import { resolveSinkFiles } from './config/sink-files.ts';
import type { Environment } from './config/variables.ts';
import { type CustomHooks, loadCustomHooks } from './custom-hooks.ts';
import { findConditionProblems } from './events/check-conditions.ts';
import { findStarvedRoutes } from './events/check-hooks.ts';

export interface Loaded {
  readonly config: Config;
  readonly custom: CustomHooks;
  /** The file to write received calls to. */
  readonly record?: string | undefined;
  readonly warnings: readonly string[];
  /** The configuration file, as it was read. */
  readonly file?: { readonly path: string; readonly text: string } | undefined;
  /** The files that the configuration names and that are read again with it. */
  readonly files: readonly NamedFile[];
  /** A problem that is noticed later, with the line of the file that it is about. */
  readonly place: (problem: string) => string;
}

export interface NamedFile {
  readonly path: string;
  /** Whether it may hold nothing although it held something before. */
  readonly allowEmpty: boolean;
}

/** Every problem, one line each, for a person. */
export interface NotLoaded {
  readonly problems: readonly string[];
}

/** @param argv flags only, without the program and the subcommand. */
export async function load(argv: readonly string[], env: Environment): Promise<Loaded | NotLoaded> {
  const path = locateConfig(argv, env);
  const file = path === undefined ? undefined : await readConfigFile(path);
  if (typeof file === 'string') return { problems: [file] };
  const result = loadConfig({ argv, env, file });
  if (result.problems !== undefined) return { problems: result.problems.map(formatProblem) };
  const { record, warnings } = result;
  const resolveName = (name: string) => resolve(baseOf(path), name);
  const paths = new Set<string>();
  const resolveRead = (name: string): string => {
    const found = resolveName(name);
    paths.add(found);
    return found;
  };
  const config = resolveSinkFiles(
    resolvePolicyFiles(resolveToken(resolveFiles(result.config, baseOf(path)), baseOf(path)), resolveRead),
    resolveName,
  );
  const conditions = await findConditionProblems(config.events.routes);
  if (conditions.length > 0) return { problems: conditions };
  const custom = await loadCustomHooks(config.hooks.custom, baseOf(path));
  if ('problems' in custom && custom.problems !== undefined)
    return { problems: custom.problems.map(formatProblem) };
  const starved = findStarvedRoutes(config.events.routes, (custom as CustomHooks).hooks);
  if (starved.length > 0) return { problems: starved.map((problem) => placeProblem(problem, file)) };
  const text = file && { path: resolve(file.path), text: file.text };
  return {
    config,
    custom: custom as CustomHooks,
    record,
    warnings: warnings.map(formatProblem),
    file: text,
    files: namedFiles(paths, config),
    place: (problem) => placeProblem(problem, file),
  };
}

function namedFiles(paths: ReadonlySet<string>, { authenticate, authorize }: Config): NamedFile[] {
  const mayBeEmpty = [
    ...(authenticate?.methods ?? []).flatMap(({ users }) => (users?.allowEmpty ? [users.file] : [])),
    ...(authorize?.sources ?? []).flatMap(({ allowEmpty, mosquitto, emqx }) =>
      allowEmpty ? [mosquitto ?? emqx] : [],
    ),
  ];
  return [...paths].map((path) => ({ path, allowEmpty: mayBeEmpty.includes(path) }));
}

/** Files are found from where the configuration is, whatever the working directory. */
function resolveFiles(config: Config, base: string): Config {
  const { tls } = config.listen;
  if (tls === undefined) return config;
  const clientCa = tls.clientCa && resolve(base, tls.clientCa);
  const files = { ...tls, cert: resolve(base, tls.cert), key: resolve(base, tls.key) };
  return { ...config, listen: { ...config.listen, tls: { ...files, ...(clientCa && { clientCa }) } } };
}

function resolveToken(config: Config, base: string): Config {
  const token = config.admin?.token;
  if (config.admin === undefined || typeof token !== 'object' || !('file' in token)) return config;
  return { ...config, admin: { ...config.admin, token: { file: resolve(base, token.file) } } };
}

/** Paths in a file are relative to the file. */
function baseOf(path: string | undefined): string {
  return path === undefined ? process.cwd() : dirname(resolve(path));
}

async function readConfigFile(path: string): Promise<(ConfigFile & { readonly text: string }) | string> {
  try {
    const text = await readFile(path, 'utf8');
    const { parseYaml } = await import('./config/yaml.ts');
    return { path, text, document: parseYaml(text) };
  } catch (error) {
    return `${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`;
  }
}
