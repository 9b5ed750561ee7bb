/** Provides users from a file that is reloaded when it changes. */
import { latestOnly } from '../../lib/latest.ts';
import type { FileBytes } from '../../lib/read-bytes.ts';
import type { FileWatch, WatchOptions } from '../../lib/watch.ts';
import { readFileBytes, watchBytes } from '../../lib/watch-bytes.ts';
import type { UserIndex, UserProblem } from '../../policy/login/users.ts';
import { type LoadOptions, loadUsers } from './load.ts';
import type { PackedUsers } from './packed/builder.ts';
import { discardPackedUsers, openPackedUsers } from './packed/packed-users.ts';

export interface UserFileOptions extends LoadOptions, Pick<WatchOptions, 'allowEmpty'> {}

export interface UserStoreOptions extends UserFileOptions, Pick<WatchOptions, 'fs' | 'timers' | 'interval'> {
  /** Called when a new version is in force: cached answers may be wrong. */
  readonly onChange?: (users: UserIndex) => void;
  /** Called when a new version is rejected; the old one stays in effect. */
  readonly onProblems: (error: UserFileError) => void;
}

export interface UserStore {
  /** The current users: read them again for each question, because replaced users are freed. */
  readonly users: UserIndex;
  /** Why the current file is not in force; nothing when it is. */
  readonly problem: UserFileError | undefined;
  /** Reads the file now, for SIGHUP. */
  reload(): Promise<void>;
  close(): void;
}

/** A users file that cannot be used, with all its problems; nothing of it takes effect. */
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
  const { path, fs, timers, interval, allowEmpty } = options;
  const first = await readFileBytes(path, fs).catch((error: unknown) => {
    throw new UserFileError(path, [
      { line: 0, message: `cannot be read: ${String((error as NodeJS.ErrnoException).code)}` },
    ]);
  });
  let inForce = await open(first);
  let isClosed = false;
  let problem: UserFileError | undefined;

  async function open({ bytes }: FileBytes): Promise<Opened> {
    const result = await loadUsers(bytes, options);
    if (!result.ok) throw new UserFileError(path, result.problems);
    return { packed: result.packed, users: openPackedUsers(result.packed) };
  }

  function refuse(error: UserFileError): void {
    problem = error;
    options.onProblems(error);
  }

  const versions = latestOnly(async (version: FileBytes) => {
    try {
      const next = await open(version);
      if (!allowEmpty && next.users.size === 0 && inForce.users.size > 0) {
        discardPackedUsers(next.packed);
        throw new UserFileError(path, [{ line: 1, message: NOBODY_LEFT }]);
      }
      // Both sets exist only while the new one is read.
      discardPackedUsers(isClosed ? next.packed : inForce.packed);
      if (isClosed) return;
      inForce = next;
      problem = undefined;
      options.onChange?.(inForce.users);
    } catch (error) {
      if (!isClosed) refuse(asFileError(path, error));
    }
  });

  let unreadable: UserFileError | undefined;
  const watch: FileWatch = watchBytes(path, {
    known: first.digest,
    allowEmpty,
    onBytes: versions.offer,
    onRead() {
      unreadable = undefined;
    },
    onProblem(message) {
      unreadable = new UserFileError(path, [{ line: 0, message }]);
      options.onProblems(unreadable);
    },
    ...(fs && { fs }),
    ...(timers && { timers }),
    ...(interval !== undefined && { interval }),
  });

  return {
    get users() {
      return inForce.users;
    },
    get problem() {
      return unreadable ?? problem;
    },
    async reload() {
      await watch.check();
      await versions.idle();
    },
    close() {
      isClosed = true;
      watch.close();
    },
  };
}

/** A header alone, or `[]`: a failed export must not lock every client out. */
const NOBODY_LEFT =
  'has no users, but had some before: write it again (docs/operations.md explains how to empty a file)';

interface Opened {
  readonly packed: PackedUsers;
  readonly users: UserIndex;
}

/** Errors that are not about the file are reported without their text, which may quote the file. */
function asFileError(path: string, error: unknown): UserFileError {
  if (error instanceof UserFileError) return error;
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new UserFileError(path, [{ line: 0, message: `cannot be read: ${code}` }]);
}
