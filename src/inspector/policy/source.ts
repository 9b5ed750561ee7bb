/** The configuration file as it was read: where its parts stand. */
import type { ConfigDocument } from '../../config/document.ts';
import { placesFileJob } from '../../config/read.ts';
import { parseYaml } from '../../config/yaml.ts';
import { formatPath } from '../../lib/format-path.ts';
import { offload } from '../../lib/offload/offload.ts';
import type { Place } from '../api.ts';

export interface ConfigSource {
  readonly path: string;
  readonly text: string;
}

type Path = readonly PropertyKey[];

/** Longer files are read on another thread, in characters: YAML of this length takes some tens of milliseconds. */
const SHORT = 32 * 1024;

export class SourceReader {
  #last: { readonly source: ConfigSource; readonly document: ConfigDocument } | undefined;

  /** Finds where paths of the configuration stand, in the order of the paths; nothing for what does not stand there. */
  async find(
    source: ConfigSource | undefined,
    paths: readonly Path[],
  ): Promise<readonly (Place | undefined)[]> {
    if (source === undefined || paths.length === 0) return paths.map(() => undefined);
    if (source.text.length > SHORT) return await findElsewhere(source, paths);
    if (this.#last?.source !== source) this.#last = { source, document: parseYaml(source.text) };
    const { document } = this.#last;
    return paths.map((path) => placeIn(document, source.path || undefined, path));
  }
}

/** The same of a text that is asked about once. */
export async function placesOf(
  source: ConfigSource,
  paths: readonly Path[],
): Promise<readonly (Place | undefined)[]> {
  return await new SourceReader().find(source, paths);
}

/** Problems are given the place of their path there: so is one that says nothing. */
async function findElsewhere(
  { path: file, text }: ConfigSource,
  paths: readonly Path[],
): Promise<readonly (Place | undefined)[]> {
  const names = paths.map(formatPath);
  const problems = names.map((name) => `${name}: -`);
  const located = await offload(placesFileJob, { path: file, text, problems }, []).catch(() => problems);
  return located.map((problem, i) => {
    const [, line, column] = /:(\d+):(\d+) [^:]*: -$/.exec(problem) ?? [];
    return line === undefined
      ? undefined
      : { file, line: Number(line), column: Number(column), path: names[i] };
  });
}

/** @param file nothing: the text of a request. */
export function placeIn(document: ConfigDocument, file: string | undefined, path: Path): Place | undefined {
  if (!has(document.content, path)) return undefined;
  const { line, column } = document.locate(path, 'value');
  return { ...(file !== undefined && { file }), line, column, path: formatPath(path) };
}

function has(content: unknown, path: Path): boolean {
  let value = content;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return false;
    value = (value as Record<PropertyKey, unknown>)[segment];
  }
  return true;
}
