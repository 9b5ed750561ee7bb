/**
 * A draft of a policy: YAML with authenticate, authorize, publish and decisions. It never goes live. It may
 * name only files and variables that the configuration in force names too, and no service is asked.
 */
import { dirname, resolve } from 'node:path';
import { resolvePolicyFiles } from '../../config/policy-files.ts';
import { readConfig } from '../../config/read.ts';
import { Config } from '../../config/schema.ts';
import type { Sources } from '../../config/sources.ts';
import { exactKey } from '../../lib/exact-key.ts';
import { formatPath } from '../../lib/format-path.ts';
import type { PolicyProblem } from '../api.ts';
import { restoreSecrets } from './hidden.ts';
import { type Path, pickSections, policySections, textsIn, withSections } from './sections.ts';
import type { ConfigSource } from './source.ts';

export interface Candidate {
  /** What is in force, with the policies of the candidate. */
  readonly config: Config;
  readonly warnings: readonly string[];
  /** Problems that are noticed later, with their lines. */
  place(problems: readonly string[]): Promise<readonly PolicyProblem[]>;
}

export type ReadCandidate = Candidate | { readonly problems: readonly PolicyProblem[] };

export interface CandidateWorld {
  readonly inForce: Config;
  readonly source: ConfigSource | undefined;
}

/** Stands for the text in problems. */
const NAME = 'policy';

/** Neither flags nor variables: a candidate is its text. */
const noSources: Sources = { path: undefined, record: undefined, values: [], problems: [], warnings: [] };

let defaults: Config | undefined;

export async function readCandidate(yaml: string, world: CandidateWorld): Promise<ReadCandidate> {
  const read = await readConfig({ sources: noSources, file: { path: NAME, text: yaml }, isServing: true });
  if ('problems' in read) return { problems: read.problems.map(parseProblem) };
  const place = async (problems: readonly string[]) => (await read.place(problems)).map(parseProblem);
  const restored = restoreSecrets(pickSections(read.config), pickSections(world.inForce));
  const problems = [
    ...findOtherSections(read.config),
    ...restored.unknown.map(
      (path) =>
        `${formatPath(path)}: is hidden, and no secret stands there in the configuration in force; write it`,
    ),
    ...findVariables(restored.value, world.inForce),
    ...findFiles(withSections(world.inForce, restored.value), world),
  ];
  if (problems.length > 0) return { problems: await place(problems) };
  const config = resolvePolicyFiles(withSections(world.inForce, restored.value), resolverOf(world));
  return { config, warnings: read.warnings, place };
}

/** `policy:3:9 authorize.rules[0].topics: ...` in its parts. */
export function parseProblem(text: string): PolicyProblem {
  const [, line, column, path = '', message = ''] =
    /^policy:(\d+):(\d+)(?: ((?:[^\s:"]|"(?:[^"\\]|\\.)*")+))?: ([\s\S]*)$/.exec(text) ?? [];
  if (line !== undefined) return { message, path, line: Number(line), column: Number(column) };
  const [, named = '', rest = text] = /^([\w$.[\]-]+): ([\s\S]*)$/.exec(text) ?? [];
  return { message: rest, path: named };
}

function findOtherSections(config: Config): string[] {
  defaults ??= Config.parse({});
  const usual = defaults as unknown as Record<string, unknown>;
  return Object.entries(config).flatMap(([key, value]) =>
    (policySections as readonly string[]).includes(key) || exactKey(value) === exactKey(usual[key])
      ? []
      : [`${key}: is not a part of a policy; a candidate may hold ${policySections.join(', ')}`],
  );
}

/** Variables of the process may hold anything. */
function findVariables(sections: object, inForce: Config): string[] {
  const known = new Set(variablesIn(pickSections(inForce)).map(([, name]) => name));
  return variablesIn(sections).flatMap(([path, name]) =>
    known.has(name)
      ? []
      : [
          `${formatPath(path)}: is a variable that the configuration in force does not name; a candidate cannot read it`,
        ],
  );
}

function variablesIn(sections: object): readonly (readonly [Path, string])[] {
  return [...textsIn(sections)].filter(([path]) => path.at(-1) === 'env');
}

function resolverOf({ source }: CandidateWorld): (path: string) => string {
  const base = source === undefined ? process.cwd() : dirname(source.path);
  return (path) => resolve(base, path);
}

/** Files of the machine may hold anything. */
function findFiles(config: Config, world: CandidateWorld): string[] {
  const known = new Set<string>();
  resolvePolicyFiles(world.inForce, (path) => {
    known.add(path);
    return path;
  });
  const toAbsolute = resolverOf(world);
  const strange = new Set<string>();
  resolvePolicyFiles(config, (path) => {
    if (!known.has(toAbsolute(path))) strange.add(path);
    return path;
  });
  return [...textsIn(pickSections(config))].flatMap(([path, text]) =>
    strange.has(text)
      ? [
          `${formatPath(path)}: is a file that the configuration in force does not name; a candidate cannot read it`,
        ]
      : [],
  );
}
