/** Users as an index to look them up in, made from records that may have come from any kind of file. */
import { decoyFor } from './password-decoy.ts';
import type { ParsedHash } from './password-hash.ts';
import { readUser, type User, type UserOptions } from './user-record.ts';

export interface UserIndex {
  readonly byUsername: ReadonlyMap<string, User>;
  /** Users without a user name. */
  readonly byClientId: ReadonlyMap<string, User>;
  readonly size: number;
  /** What to check for users that do not exist; see {@link decoyFor}. */
  readonly decoy: ParsedHash | undefined;
}

/** Something wrong with a users file: never a half-loaded file. */
export interface UserProblem {
  readonly line: number;
  readonly message: string;
}

export type UsersResult =
  | { readonly ok: true; readonly users: UserIndex }
  | { readonly ok: false; readonly problems: readonly UserProblem[] };

/** One record as read, and where it stands. */
export interface UserRecord {
  readonly line: number;
  readonly fields: unknown;
}

/** A broken file need not be quoted line by line. */
export const MAX_PROBLEMS = 100;

/** Makes the index, or lists everything that is wrong with the records. */
export function indexUsers(records: readonly UserRecord[], options: UserOptions = {}): UsersResult {
  const problems: UserProblem[] = [];
  const byUsername = new Map<string, User>();
  const byClientId = new Map<string, User>();
  for (const { line, fields } of records) {
    const found = readUser(fields, options);
    if ('problems' in found) problems.push(...found.problems.map((message) => ({ line, message })));
    else if (!enter(found.user, byUsername, byClientId))
      problems.push({ line, message: 'this user was listed before' });
    if (problems.length >= MAX_PROBLEMS) break;
  }
  if (problems.length > 0) return { ok: false, problems };
  const users = [...byUsername.values(), ...byClientId.values()];
  return {
    ok: true,
    users: { byUsername, byClientId, size: users.length, decoy: decoyFor(users.map(({ hash }) => hash)) },
  };
}

function enter(user: User, byUsername: Map<string, User>, byClientId: Map<string, User>): boolean {
  const [index, key] =
    user.username === undefined ? [byClientId, user.clientid ?? ''] : [byUsername, user.username];
  if (index.has(key)) return false;
  index.set(key, user);
  return true;
}
