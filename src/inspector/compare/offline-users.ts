/** The method `users` without passwords: decides from names and address alone. */

import type { Lookup } from '../../core/runtime.ts';
import { verifyPassword } from '../../lookup/password/verify.ts';
import { findUser } from '../../lookup/users/check.ts';
import { type UsersOptions, userOptionsOf } from '../../lookup/users/declaration.ts';
import { openUserStore } from '../../lookup/users/store.ts';
import { loginOfUser } from '../../policy/login/logins.ts';
import type { User } from '../../policy/login/user-record.ts';
import { indexUsers, type UserIndex } from '../../policy/login/users.ts';
import type { Login, MethodAnswer } from '../../policy/policy.ts';
import { isInCidr, parseAddress, parseCidr } from '../../policy/text/cidr.ts';
import { REDACTED } from '../../protocol/wire/recording.ts';
import type { Gaps } from './gaps.ts';

/** A policy with these users was opened before, so they can be read. */
export async function openOfflineUsers(name: string, users: UsersOptions, gaps: Gaps): Promise<Lookup> {
  const index = await readUsers(users);
  const verify = rememberPasswords();
  return async (question) => {
    const client = question.client as Login;
    const user = findUser(index, client);
    if (user === undefined) return { result: 'unknown' };
    if (!mayBe(user, client)) return refused;
    if (client.password !== REDACTED)
      return (await verify(client.password, user)) ? loginOfUser(user.tags) : refused;
    const { hash, tags } = user;
    gaps.add({
      needs: `${name}: needs the password`,
      signature: JSON.stringify(['users', hash, tags]),
      admits: { by: name, tags },
    });
    return refused;
  };
}

const refused: MethodAnswer = { result: 'deny', reason: 'not this user' };

async function readUsers(users: UsersOptions): Promise<UserIndex> {
  const options = userOptionsOf(users);
  if (users.file === undefined) {
    const records = (users.list ?? []).map((fields, line) => ({ line, fields }));
    const indexed = indexUsers(records, options);
    if (!indexed.ok) throw new TypeError(indexed.problems.map(({ message }) => message).join('; '));
    return indexed.users;
  }
  const { file: path, format } = users;
  const store = await openUserStore({ path, ...(format && { format }), ...options, onProblems: () => {} });
  store.close();
  return store.users;
}

/** Reports whether the user may have this client id and this address. */
function mayBe({ clientid, addresses }: User, client: Login): boolean {
  if (clientid !== undefined && clientid !== client.clientid) return false;
  const address = parseAddress(client.peerhost);
  return addresses.length === 0 || (address !== undefined && addresses.some(holds));

  function holds(network: string): boolean {
    const cidr = parseCidr(network);
    return address !== undefined && cidr !== undefined && isInCidr(address, cidr);
  }
}

/** Hashing takes milliseconds by design, and clients log in repeatedly with the same password. */
function rememberPasswords(): (password: string, user: User) => Promise<boolean> {
  const known = new Map<string, Map<string, Promise<boolean>>>();
  return (password, user) => {
    // Keyed by name: the object may differ each time.
    const name = JSON.stringify([user.username ?? null, user.username === undefined && user.clientid]);
    const ofUser = known.get(name) ?? new Map<string, Promise<boolean>>();
    known.set(name, ofUser);
    const result = ofUser.get(password) ?? verifyPassword(password, user.hash);
    ofUser.set(password, result);
    return result;
  };
}
