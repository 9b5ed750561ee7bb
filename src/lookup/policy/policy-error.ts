import { formatPath } from '../../lib/format-path.ts';
import { UserFileError } from '../users/store.ts';

/** All problems of a policy's files, keys and services, each with its place. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Uses only our own texts: those of a library may quote a key. */
export function describeProblem(error: unknown, path: readonly PropertyKey[]): readonly string[] {
  if (error instanceof UserFileError) return error.message.split('\n');
  const { code } = error as NodeJS.ErrnoException;
  const message =
    error instanceof TypeError ? error.message : `cannot be opened (${code ?? 'unknown error'})`;
  return [`${formatPath(path)}: ${message}`];
}
