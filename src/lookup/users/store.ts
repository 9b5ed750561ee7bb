/** Users from a file that is read again when it changes. */
import { readFile } from 'node:fs/promises';
import type { UserOptions } from '../../policy/user-record.ts';
import type { UserIndex, UserProblem } from '../../policy/users.ts';
import { type FileWatch, type WatchOptions, watchFile } from '../watch.ts';
import { formatOf, parseUsers, type UserFormat } from './parse.ts';

export interface UserFileOptions extends UserOptions {
  readonly path: string;
  /** Default: what the file's extension says. */
  readonly format?: UserFormat;
}

export interface UserStoreOptions extends UserFileOptions, Pick<WatchOptions, 'fs' | 'timers' | 'interval'> {
  /** Called when a new version is in force: results that were cached may be wrong now. */
  readonly onChange?: (users: UserIndex) => void;
  /** Called when a new version is refused; the old one stays in force. */
  readonly onProblems: (error: UserFileError) => void;
}

export interface UserStore {
  /** The users in force. */
  readonly users: UserIndex;
  /** Reads the file now: for SIGHUP. */
  reload(): Promise<void>;
  close(): void;
}

/** A users file that cannot be used, with everything that is wrong with it; nothing of it is in force. */
export class UserFileError extends Error {
  override readonly name = 'UserFileError';
  readonly problems: readonly UserProblem[];

  constructor(path: string, problems: readonly UserProblem[]) {
    super(problems.map(({ line, message }) => `${path}:${line}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/**
 * Loads the file and watches it.
 *
 * @throws UserFileError when the file cannot be used at start: there is no older version to fall back on.
 */
export async function openUserStore(options: UserStoreOptions): Promise<UserStore> {
  const { path } = options;
  const text = await (options.fs ?? { readFile }).readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserFileError(path, [
      { line: 0, message: `cannot be read: ${String((error as NodeJS.ErrnoException).code)}` },
    ]);
  });
  let users = parseOrThrow(text, options);

  const replace = (next: string) => {
    try {
      users = parseOrThrow(next, options);
    } catch (error) {
      if (!(error instanceof UserFileError)) throw error;
      options.onProblems(error);
      return;
    }
    options.onChange?.(users);
  };
  const onProblem = (message: string) => options.onProblems(new UserFileError(path, [{ line: 0, message }]));
  const { fs, timers, interval } = options;
  const watch: FileWatch = watchFile(path, {
    known: text,
    onText: replace,
    onProblem,
    ...(fs && { fs }),
    ...(timers && { timers }),
    ...(interval !== undefined && { interval }),
  });

  return {
    get users() {
      return users;
    },
    reload: () => watch.check(),
    close: () => watch.close(),
  };
}

function parseOrThrow(text: string, options: UserFileOptions): UserIndex {
  const format = options.format ?? formatOf(options.path);
  if (format === undefined) {
    throw new UserFileError(options.path, [{ line: 0, message: 'unknown extension: set "format"' }]);
  }
  const result = parseUsers(text, format, options);
  if (!result.ok) throw new UserFileError(options.path, result.problems);
  return result.users;
}
