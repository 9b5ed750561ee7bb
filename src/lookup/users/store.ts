/** Users from a file that is read again when it changes. */
import { stat } from 'node:fs/promises';
import { latestOnly } from '../../lib/latest.ts';
import { bytesOf, type FileBytes, readBytes } from '../../lib/read-bytes.ts';
import type { UserIndex, UserProblem } from '../../policy/users.ts';
import { type FileWatch, type WatchOptions, watchFile } from '../watch.ts';
import { type LoadOptions, loadUsers } from './load.ts';
import type { PackedUsers } from './packed/builder.ts';
import { discardPackedUsers, openPackedUsers } from './packed/packed-users.ts';

export type UserFileOptions = LoadOptions;

export interface UserStoreOptions extends UserFileOptions, Pick<WatchOptions, 'fs' | 'timers' | 'interval'> {
  /** Called when a new version is in force: results that were cached may be wrong now. */
  readonly onChange?: (users: UserIndex) => void;
  /** Called when a new version is refused; the old one stays in force. */
  readonly onProblems: (error: UserFileError) => void;
}

export interface UserStore {
  /** The users in force: to be read again for each question, since those before give their memory back. */
  readonly users: UserIndex;
  /** Why the file as it is now is not in force; nothing when it is. */
  readonly problem: UserFileError | undefined;
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
  const { path, fs, timers, interval } = options;
  const read =
    fs === undefined ? readBytes : async (name: string) => bytesOf(await fs.readFile(name, 'utf8'));
  const first = await read(path).catch((error: unknown) => {
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
      // Two sets at once only while the new one is read.
      discardPackedUsers(isClosed ? next.packed : inForce.packed);
      if (isClosed) return;
      inForce = next;
      problem = undefined;
      options.onChange?.(inForce.users);
    } catch (error) {
      if (!isClosed) refuse(asFileError(path, error));
    }
  });

  const file = new WatchedBytes(first.digest, read);
  let unreadable: UserFileError | undefined;
  const watch: FileWatch = watchFile(path, {
    known: first.digest,
    fs: {
      stat: fs?.stat ?? stat,
      // What the watch compares is a digest: it need not keep the text of a large file.
      async readFile(name) {
        const digest = await file.read(name);
        unreadable = undefined;
        return digest;
      },
    },
    onText() {
      const version = file.take();
      if (version !== undefined) versions.offer(version);
    },
    onProblem(message) {
      unreadable = new UserFileError(path, [{ line: 0, message }]);
      options.onProblems(unreadable);
    },
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

/** The bytes that were read last, until somebody takes them; not those that are known already. */
class WatchedBytes {
  #taken: string;
  #unread: FileBytes | undefined;
  readonly #read: (path: string) => Promise<FileBytes>;

  constructor(known: string, read: (path: string) => Promise<FileBytes>) {
    this.#taken = known;
    this.#read = read;
  }

  /** @returns the digest. */
  async read(path: string): Promise<string> {
    const version = await this.#read(path);
    this.#unread = version.digest === this.#taken ? undefined : version;
    return version.digest;
  }

  take(): FileBytes | undefined {
    const version = this.#unread;
    if (version !== undefined) this.#taken = version.digest;
    this.#unread = undefined;
    return version;
  }
}

interface Opened {
  readonly packed: PackedUsers;
  readonly users: UserIndex;
}

/** What is not about the file is told without its text, which may quote it. */
function asFileError(path: string, error: unknown): UserFileError {
  if (error instanceof UserFileError) return error;
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new UserFileError(path, [{ line: 0, message: `cannot be read: ${code}` }]);
}
