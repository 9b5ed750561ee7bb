/** Builds an index of users from the records of any kind of file. */
import { type BoundName, boundNames } from './bound-names.ts';
import { DecoyTally } from './password-decoy.ts';
import type { ParsedHash } from './password-hash.ts';
import { readUser, type User, type UserOptions } from './user-record.ts';

/** Users by one of their names. */
export interface UsersByName {
  get(name: string): User | undefined;
}

/** Kinds of names that at least one user is bound to. */
export interface BoundNames {
  clientid: boolean;
  username: boolean;
}

export interface UserIndex {
  readonly byUsername: UsersByName;
  /** Users without a user name. */
  readonly byClientId: UsersByName;
  readonly size: number;
  /** The names that every user has. */
  readonly sharedNames: readonly BoundName[];
  /** The hash to check for unknown users; see {@link DecoyTally}. */
  readonly decoy: ParsedHash | undefined;
  readonly names: Readonly<BoundNames>;
  /** Number of users with a hash that can be guessed quickly. */
  readonly weak: number;
}

/** Adds those that a user is bound to. */
export function noteNames(names: BoundNames, { clientid, username }: User): void {
  if (clientid !== undefined) names.clientid = true;
  if (username !== undefined) names.username = true;
}

/** A problem in a users file. A file is loaded completely or not at all. */
export interface UserProblem {
  readonly line: number;
  readonly message: string;
}

export type UsersResult<Index extends UserIndex = UserIndex> =
  | { readonly ok: true; readonly users: Index }
  | { readonly ok: false; readonly problems: readonly UserProblem[] };

/** One record and its place. */
export interface UserRecord {
  readonly line: number;
  readonly fields: unknown;
}

/** Bounds the error text of a file that is broken throughout. */
export const MAX_PROBLEMS = 100;

/** Builds the index, or returns all problems of the records. */
export function indexUsers(
  records: Iterable<UserRecord | UserProblem>,
  options: UserOptions = {},
): UsersResult<UserMaps> {
  const users = new UserMaps();
  const problems = collectUsers(records, options, users);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, users };
}

/** Collects users one at a time. */
export interface UserCollector {
  /** @returns false if the user is already listed. */
  add(user: User): boolean;
}

/**
 * Reads users and passes the valid ones to the collector.
 *
 * @param records records, or syntax errors. If there is a syntax error, only syntax errors are returned.
 * @returns all problems, up to {@link MAX_PROBLEMS}.
 */
export function collectUsers(
  records: Iterable<UserRecord | UserProblem>,
  options: UserOptions,
  collector: UserCollector,
): readonly UserProblem[] {
  const unreadable: UserProblem[] = [];
  const problems: UserProblem[] = [];
  for (const record of records) {
    if ('message' in record) unreadable.push(record);
    else if (unreadable.length === 0) problems.push(...collect(record, options, collector));
    if (Math.max(problems.length, unreadable.length) >= MAX_PROBLEMS) break;
  }
  return (unreadable.length > 0 ? unreadable : problems).slice(0, MAX_PROBLEMS);
}

function collect(
  { line, fields }: UserRecord,
  options: UserOptions,
  collector: UserCollector,
): readonly UserProblem[] {
  const found = readUser(fields, options);
  if ('problems' in found) return found.problems.map((message) => ({ line, message }));
  return collector.add(found.user) ? [] : [{ line, message: 'this user is listed twice' }];
}

/** Builds an index of the given users. */
export class UserMaps implements UserIndex, UserCollector {
  readonly byUsername = new Map<string, User>();
  readonly byClientId = new Map<string, User>();
  readonly names: BoundNames = { clientid: false, username: false };
  readonly #decoys = new DecoyTally();
  #sharedNames: readonly BoundName[] = boundNames;

  get sharedNames(): readonly BoundName[] {
    return this.#sharedNames;
  }

  get size(): number {
    return this.byUsername.size + this.byClientId.size;
  }

  get decoy(): ParsedHash | undefined {
    return this.#decoys.decoy;
  }

  get weak(): number {
    return this.#decoys.weak;
  }

  add(user: User): boolean {
    const [index, key] =
      user.username === undefined
        ? ([this.byClientId, user.clientid ?? ''] as const)
        : ([this.byUsername, user.username] as const);
    if (index.has(key)) return false;
    index.set(key, user);
    this.#sharedNames = namesOfBoth(this.#sharedNames, user);
    this.#decoys.add(user.hash);
    noteNames(this.names, user);
    return true;
  }
}

/** Returns the names that this user has, too; the same list if it has all. */
export function namesOfBoth(names: readonly BoundName[], user: User): readonly BoundName[] {
  return names.every((name) => user[name] !== undefined)
    ? names
    : names.filter((name) => user[name] !== undefined);
}
