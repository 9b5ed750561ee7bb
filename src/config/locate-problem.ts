/** Finds the line of a problem that was noticed only when something was opened. */
import type { ConfigFile } from './load.ts';
import { problemAt } from './problem.ts';

/** The path at the beginning of a problem, as written by `formatPath`: `authenticate.methods[0].jwt: ...` */
const PATH = /^((?:[\w$-]+)(?:\.[\w$-]+|\[\d+\])*): /;

/**
 * Returns the problem with its position: `exhook.yaml:3:9 authenticate.methods[0].jwt: ...`. Unchanged when
 * the path is not in the file: the value may come from a variable or a flag.
 */
export function locateProblem(problem: string, file: ConfigFile | undefined): string {
  const [prefix, name] = PATH.exec(problem) ?? [];
  if (file === undefined || prefix === undefined || name === undefined) return problem;
  const path = readPath(name);
  if (!isIn(file.document.content, path)) return problem;
  const { where } = problemAt(file.path, file.document.locate(path, 'key'), name, '');
  return `${where}: ${problem.slice(prefix.length)}`;
}

function readPath(name: string): readonly PropertyKey[] {
  return [...name.matchAll(/[\w$-]+/g)].map(([segment]) =>
    /^\d+$/.test(segment) ? Number(segment) : segment,
  );
}

function isIn(content: unknown, path: readonly PropertyKey[]): boolean {
  let value = content;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return false;
    value = (value as Record<PropertyKey, unknown>)[segment];
  }
  return true;
}
