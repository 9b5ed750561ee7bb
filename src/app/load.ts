/** Reads flags, environment, file and modules into one configuration. Touches nothing but files. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { resolvePolicyFiles } from '../config/policy-files.ts';
import { formatProblem } from '../config/problem.ts';
import { type ConfigText, readConfig } from '../config/read.ts';
import type { Config } from '../config/schema.ts';
import { resolveSinkFiles } from '../config/sink-files.ts';
import { readSources } from '../config/sources.ts';
import type { Environment } from '../config/variables.ts';
import { findConditionProblems } from '../events/check-conditions.ts';
import { findStarvedRoutes } from '../events/check-hooks.ts';
import type { Secret } from '../lib/schema/secret.ts';
import { type CustomHooks, loadCustomHooks } from './custom-hooks.ts';

export interface Loaded {
  readonly config: Config;
  readonly custom: CustomHooks;
  /** The file to record calls to. */
  readonly record?: string | undefined;
  readonly warnings: readonly string[];
  /** The configuration file as it was read. */
  readonly file?: { readonly path: string; readonly text: string } | undefined;
  /** Files that the configuration names and that are reloaded with it. */
  readonly files: readonly NamedFile[];
  /** Problems that are noticed later, with their line in the file. */
  readonly place: (problems: readonly string[]) => Promise<readonly string[]>;
}

export interface NamedFile {
  readonly path: string;
  /** Whether it may become empty after it had content. */
  readonly allowEmpty: boolean;
}

/** All problems, one per line, as text for people. */
export interface NotLoaded {
  readonly problems: readonly string[];
}

export interface LoadOptions {
  /** Whether calls are being answered: a large file is then parsed on another thread. Default: false. */
  readonly isServing?: boolean;
}

/** @param argv flags only, without program and subcommand. */
export async function load(
  argv: readonly string[],
  env: Environment,
  { isServing = false }: LoadOptions = {},
): Promise<Loaded | NotLoaded> {
  const sources = readSources(argv, env);
  const { path } = sources;
  const file = path === undefined ? undefined : await readConfigFile(path);
  if (typeof file === 'string') return { problems: [file] };
  const read = await readConfig({ sources, file, isServing });
  if ('problems' in read) return read;
  const { record, warnings, place } = read;
  const resolveName = (name: string) => resolve(baseOf(path), name);
  const paths = new Set<string>();
  const resolveRead = (name: string): string => {
    const found = resolveName(name);
    paths.add(found);
    return found;
  };
  const config = resolveSinkFiles(
    resolvePolicyFiles(
      resolveBroker(resolveTokens(resolveFiles(read.config, baseOf(path)), baseOf(path)), resolveName),
      resolveRead,
    ),
    resolveName,
  );
  const conditions = await findConditionProblems(config.events.routes);
  if (conditions.length > 0) return { problems: conditions };
  const custom = await loadCustomHooks(config.hooks.custom, baseOf(path));
  if ('problems' in custom && custom.problems !== undefined)
    return { problems: custom.problems.map(formatProblem) };
  const starved = findStarvedRoutes(config.events.routes, (custom as CustomHooks).hooks);
  if (starved.length > 0) return { problems: await place(starved) };
  const text = file && { path: resolve(file.path), text: file.text };
  const files = namedFiles(paths, config);
  return { config, custom: custom as CustomHooks, record, warnings, file: text, files, place };
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

/** Files are resolved from the directory of the configuration, whatever the working directory. */
function resolveFiles(config: Config, base: string): Config {
  const { tls } = config.listen;
  if (tls === undefined) return config;
  const clientCa = tls.clientCa && resolve(base, tls.clientCa);
  const files = { ...tls, cert: resolve(base, tls.cert), key: resolve(base, tls.key) };
  return { ...config, listen: { ...config.listen, tls: { ...files, ...(clientCa && { clientCa }) } } };
}

function resolveTokens(config: Config, base: string): Config {
  const { admin, inspector } = config;
  const resolveToken = <Section extends { token?: Secret | undefined }>(part: Section): Section =>
    part.token === undefined
      ? part
      : { ...part, token: resolveSecret(part.token, (name) => resolve(base, name)) };
  return {
    ...config,
    ...(admin && { admin: resolveToken(admin) }),
    ...(inspector && { inspector: resolveToken(inspector) }),
  };
}

function resolveSecret(secret: Secret, resolveName: (name: string) => string): Secret {
  return typeof secret === 'object' && 'file' in secret ? { file: resolveName(secret.file) } : secret;
}

function resolveBroker(config: Config, resolveName: (name: string) => string): Config {
  const { broker } = config;
  if (broker === undefined) return config;
  const { key, secret, ca } = broker;
  return {
    ...config,
    broker: {
      ...broker,
      key: resolveSecret(key, resolveName),
      secret: resolveSecret(secret, resolveName),
      ...(ca && { ca: resolveName(ca) }),
    },
  };
}

/** Paths in a file are relative to the file. */
function baseOf(path: string | undefined): string {
  return path === undefined ? process.cwd() : dirname(resolve(path));
}

async function readConfigFile(path: string): Promise<ConfigText | string> {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    return `${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`;
  }
}
