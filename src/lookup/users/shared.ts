/**
 * Shares users files between policies. A policy that a reload has replaced answers its last calls beside the
 * new one: both use one set of users, and one watch.
 */
import type { UserIndex } from '../../policy/login/users.ts';
import { openUserStore, type UserFileError, type UserFileOptions, type UserStore } from './store.ts';

export interface UserFileListener {
  /** Called for every policy when the users have changed: cached answers may be wrong. */
  readonly onChange: () => void;
  /** For the log: called only for the newest policy. */
  readonly onTold: (users: UserIndex) => void;
  /** Called for the newest policy when a new version is rejected; the old one stays in effect. */
  readonly onProblems: (error: UserFileError) => void;
}

export interface UserFile {
  /** The current users: read them again for each question. */
  readonly users: UserIndex;
  close(): void;
}

export interface UserFiles {
  /** @throws UserFileError when the file cannot be used as it is now. */
  open(options: UserFileOptions, listener: UserFileListener): Promise<UserFile>;
}

interface Entry {
  readonly store: Promise<UserStore>;
  /** In order of arrival. */
  readonly listeners: Set<UserFileListener>;
  /** Number of policies that use it, including those still being opened. */
  users: number;
}

export function createUserFiles(): UserFiles {
  const entries = new Map<string, Entry>();

  async function leave(key: string, entry: Entry, listener: UserFileListener): Promise<void> {
    entry.listeners.delete(listener);
    if (--entry.users > 0) return;
    if (entries.get(key) === entry) entries.delete(key);
    (await entry.store.catch(() => undefined))?.close();
  }

  return {
    async open(options, listener) {
      const key = keyOf(options);
      const known = entries.get(key);
      const entry = known ?? openEntry(options);
      entries.set(key, entry);
      entry.users++;
      try {
        const store = await entry.store;
        if (known !== undefined) await refresh(store);
        entry.listeners.add(listener);
        return {
          get users() {
            return store.users;
          },
          close: once(() => void leave(key, entry, listener)),
        };
      } catch (error) {
        await leave(key, entry, listener);
        throw error;
      }
    },
  };
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    run();
  };
}

/** Returns a key of all that the users depend on. */
function keyOf({
  path,
  format,
  hash,
  userId,
  allowPlain,
  saltEncoding,
  allowEmpty,
}: UserFileOptions): string {
  return JSON.stringify([path, format, hash, userId, allowPlain, saltEncoding, allowEmpty]);
}

function openEntry(options: UserFileOptions): Entry {
  const listeners = new Set<UserFileListener>();
  const last = (): UserFileListener | undefined => [...listeners].at(-1);
  const store = openUserStore({
    ...options,
    onChange(users) {
      for (const { onChange } of listeners) onChange();
      last()?.onTold(users);
    },
    onProblems: (error) => last()?.onProblems(error),
  });
  return { store, listeners, users: 0 };
}

/** Users read for an earlier policy are reused if the file has not changed. */
async function refresh(store: UserStore): Promise<void> {
  await store.reload();
  if (store.problem !== undefined) throw store.problem;
}
