/** Reads a configuration file, as a job that can run on another thread. */

import type { JobResult } from '../lib/offload/job.ts';
import { packList } from '../lib/packed-list.ts';
import { type ConfigFile, loadConfig } from './load.ts';
import { locateProblem } from './locate-problem.ts';
import { formatProblem } from './problem.ts';
import type { Config } from './schema.ts';
import type { Sources } from './sources.ts';
import { parseYaml } from './yaml.ts';

export interface ConfigFileInput {
  readonly path: string;
  readonly text: string;
  /** The values of flags and variables. */
  readonly sources: Sources;
}

/** The lists that may be long, as pieces of bytes, decoded a few rules at a time. */
export interface ConfigLists {
  readonly authorize: readonly Uint8Array<ArrayBuffer>[] | undefined;
  readonly publish: readonly Uint8Array<ArrayBuffer>[] | undefined;
}

export type ConfigOutput =
  | {
      /** Without the rules of `authorize` and `publish`. */
      readonly config: Config;
      readonly lists: ConfigLists;
      readonly record?: string | undefined;
      readonly warnings: readonly string[];
    }
  | { readonly problems: readonly string[] };

export interface ConfigJob {
  readonly input: ConfigFileInput;
  readonly output: ConfigOutput;
}

export function configJob({ path, text, sources }: ConfigFileInput): JobResult<ConfigOutput> {
  const result = loadConfig(sources, { path, document: parseYaml(text) });
  if (result.problems !== undefined)
    return { output: { problems: result.problems.map(formatProblem) }, transfer: [] };
  const { config, record, warnings } = result;
  const { authorize, publish } = config;
  const lists = {
    authorize: authorize && packList(authorize.rules),
    publish: publish && packList(publish.rules),
  };
  const output = {
    config: {
      ...config,
      ...(authorize && { authorize: { ...authorize, rules: [] } }),
      ...(publish && { publish: { ...publish, rules: [] } }),
    },
    lists,
    ...(record !== undefined && { record }),
    warnings: warnings.map(formatProblem),
  };
  const pieces = [...(lists.authorize ?? []), ...(lists.publish ?? [])];
  return { output, transfer: pieces.map(({ buffer }) => buffer) };
}

export interface PlacesJob {
  readonly input: Pick<ConfigFileInput, 'path' | 'text'> & { readonly problems: readonly string[] };
  readonly output: readonly string[];
}

/** Adds the position in the file to each problem. */
export function placesJob({ path, text, problems }: PlacesJob['input']): JobResult<readonly string[]> {
  const file: ConfigFile = { path, document: parseYaml(text) };
  return { output: problems.map((problem) => locateProblem(problem, file)), transfer: [] };
}
