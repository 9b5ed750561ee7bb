/** Reads a configuration: on another thread when the file is long and the server is answering calls. */

import type { Job } from '../lib/offload/job.ts';
import { OffloadError, offload } from '../lib/offload/offload.ts';
import { unpackList } from '../lib/packed-list.ts';
import { inSlices } from '../lib/slices.ts';
import type { MessageRule } from '../policy/messages/rule.ts';
import type { Rule } from '../policy/topics/rule.ts';
import type { ConfigFileInput, ConfigJob, ConfigLists, PlacesJob } from './file-job.ts';
import { loadConfig } from './load.ts';
import { locateProblem } from './locate-problem.ts';
import { formatProblem } from './problem.ts';
import type { Config } from './schema.ts';
import type { Sources } from './sources.ts';

export interface ReadConfig {
  readonly config: Config;
  readonly record?: string | undefined;
  readonly warnings: readonly string[];
  /** Adds the position in the file to problems that are found later. */
  readonly place: (problems: readonly string[]) => Promise<readonly string[]>;
}

export type ReadResult = ReadConfig | { readonly problems: readonly string[] };

export interface ConfigText {
  readonly path: string;
  readonly text: string;
}

export interface ReadOptions {
  readonly sources: Sources;
  /** Nothing when flags and variables set everything. */
  readonly file: ConfigText | undefined;
  /** Whether the server is answering calls. */
  readonly isServing: boolean;
}

export const configFileJob: Job<ConfigJob['input'], ConfigJob['output']> = {
  name: 'config',
  load: async () => (await import('./file-job.ts')).configJob,
};

/** Finds the positions of problems in a configuration file. */
export const placesFileJob: Job<PlacesJob['input'], PlacesJob['output']> = {
  name: 'places',
  load: async () => (await import('./file-job.ts')).placesJob,
};

/** YAML of this length, in characters, takes about ten milliseconds. */
const SHORT = 8 * 1024;

export async function readConfig(options: ReadOptions): Promise<ReadResult> {
  const { file, sources, isServing } = options;
  if (file === undefined || !isServing || file.text.length <= SHORT) return await readHere(options);
  try {
    return await readElsewhere({ ...file, sources });
  } catch (error) {
    if (error instanceof OffloadError) return { problems: [`${file.path}: ${error.message}`] };
    throw error;
  }
}

async function readHere({ sources, file: given }: ReadOptions): Promise<ReadResult> {
  const file = given && { path: given.path, document: (await import('./yaml.ts')).parseYaml(given.text) };
  const result = loadConfig(sources, file);
  if (result.problems !== undefined) return { problems: result.problems.map(formatProblem) };
  const { config, record, warnings } = result;
  return {
    config,
    record,
    warnings: warnings.map(formatProblem),
    place: async (problems) => problems.map((problem) => locateProblem(problem, file)),
  };
}

async function readElsewhere(input: ConfigFileInput): Promise<ReadResult> {
  const { path, text } = input;
  const output = await offload(configFileJob, input, []);
  if ('problems' in output) return output;
  const { config, lists, ...rest } = output;
  return {
    ...rest,
    config: await withLists(config, lists),
    place: (problems) => offload(placesFileJob, { path, text, problems }, []),
  };
}

async function withLists(config: Config, lists: ConfigLists): Promise<Config> {
  const { authorize, publish } = config;
  const rules = lists.authorize && (await inSlices(unpackList<Rule>(lists.authorize)));
  const messageRules = lists.publish && (await inSlices(unpackList<MessageRule>(lists.publish)));
  return {
    ...config,
    ...(authorize && rules && { authorize: { ...authorize, rules } }),
    ...(publish && messageRules && { publish: { ...publish, rules: messageRules } }),
  } as Config;
}
