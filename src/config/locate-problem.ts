/** Finds the line that a problem is about when it was noticed only while something was opened. */
import type { ConfigFile } from './load.ts';
import { problemAt } from './problem.ts';

/** A path at the beginning of a problem, as `formatPath` writes it: `authenticate.methods[0].jwt: ...` */
const PATH = /^((?:[\w$-]+)(?:\.[\w$-]+|\[\d+\])*): /;

/**
 * The problem with its place in the file: `exhook.yaml:3:9 authenticate.methods[0].jwt: ...`. As it was, when it names
 * nothing that stands in the file: an environment variable or a flag may have given it.
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
