/** Checks a client against the users file. */
import { coversPassword, type ParsedHash } from '../../policy/login/password-hash.ts';
import type { User } from '../../policy/login/user-record.ts';
import type { UserIndex } from '../../policy/login/users.ts';

export interface Credentials {
  readonly username: string;
  readonly clientid: string;
  readonly password: string;
  readonly peerhost: string;
}

export type UserVerdict =
  | { readonly result: 'allow'; readonly user: User }
  | { readonly result: 'deny'; readonly user: User; readonly reason: UserDenial }
  /** No such user: the next method may know it. */
  | { readonly result: 'unknown' };

/** Why a known user is refused; each is a stable name for logs and metrics. */
export type UserDenial =
  | 'bad_password'
  /** The hash covers only a part of the password: see `coversPassword`. */
  | 'password_not_covered'
  | 'client_id_mismatch'
  | 'address_not_allowed';

export interface CheckOptions {
  readonly verify: (password: string, hash: ParsedHash) => Promise<boolean>;
  /** Whether an address is in one of the networks; called only for users bound to some. */
  readonly isAddressIn: (peerhost: string, networks: readonly string[]) => boolean;
}

/**
 * Checks a client against the users. Exactly one password check is made first, against the decoy when there
 * is no such user: response time does not reveal which names exist.
 */
export async function checkUser(
  index: UserIndex,
  client: Credentials,
  options: CheckOptions,
): Promise<UserVerdict> {
  const user = findUser(index, client);
  const hash = user?.hash ?? index.decoy;
  const isRight = hash !== undefined && (await options.verify(client.password, hash));
  if (user === undefined) return { result: 'unknown' };
  const reason = findDenial(user, client, isRight, options);
  return reason === undefined ? { result: 'allow', user } : { result: 'deny', user, reason };
}

/** Finds a user by user name first, then users without one by client id. */
export function findUser(
  index: UserIndex,
  { username, clientid }: Pick<Credentials, 'username' | 'clientid'>,
): User | undefined {
  return index.byUsername.get(username) ?? index.byClientId.get(clientid);
}

function findDenial(
  user: User,
  client: Credentials,
  isRight: boolean,
  options: CheckOptions,
): UserDenial | undefined {
  if (!isRight) return coversPassword(user.hash, client.password) ? 'bad_password' : 'password_not_covered';
  if (user.clientid !== undefined && user.clientid !== client.clientid) return 'client_id_mismatch';
  if (user.addresses.length > 0 && !options.isAddressIn(client.peerhost, user.addresses))
    return 'address_not_allowed';
  return undefined;
}
