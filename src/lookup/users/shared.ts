/**
 * Users files that several policies ask. A policy that a reload has replaced answers its last calls beside the new
 * one: both ask the same users, so that there is one set of them, and one watch.
 */
import type { UserIndex } from '../../policy/login/users.ts';
import { openUserStore, type UserFileError, type UserFileOptions, type UserStore } from './store.ts';

export interface UserFileListener {
  /** Other users are in force: what was remembered may be wrong. Every policy is told. */
  readonly onChange: () => void;
  /** The same for the log: told to the policy that came last. */
  readonly onTold: (users: UserIndex) => void;
  /** A new version is refused; the old one stays in force. Told to the policy that came last. */
  readonly onProblems: (error: UserFileError) => void;
}

export interface UserFile {
  /** The users in force: to be read again for each question. */
  readonly users: UserIndex;
  close(): void;
}

export interface UserFiles {
  /** @throws UserFileError when the file cannot be used as it is now. */
  open(options: UserFileOptions, listener: UserFileListener): Promise<UserFile>;
}

interface Entry {
  readonly store: Promise<UserStore>;
  /** In the order in which they came. */
  readonly listeners: Set<UserFileListener>;
  /** How many policies ask it, those included that are only being opened. */
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

/** All that the users depend on. */
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

/** Users that were read for a policy before are as good as read now, if the file is as it was. */
async function refresh(store: UserStore): Promise<void> {
  await store.reload();
  if (store.problem !== undefined) throw store.problem;
}
