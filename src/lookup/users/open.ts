/** The method `users`: checks names and password hashes from a file or from the configuration. */

import { loginOfUser } from '../../policy/login/logins.ts';
import type { ParsedHash } from '../../policy/login/password-hash.ts';
import { indexUsers, type UserIndex } from '../../policy/login/users.ts';
import { isInCidr, parseAddress, parseCidr } from '../../policy/text/cidr.ts';
import { asked, type MethodWorld, type OpenLogin, type OpenMethod } from '../methods/method.ts';
import { bytesOf } from '../methods/values.ts';
import { preloadEngines } from '../password/engines.ts';
import { verifyPassword } from '../password/verify.ts';
import { checkUser, findUser } from './check.ts';
import { type UsersOptions, userOptionsOf } from './declaration.ts';
import { createUserFiles } from './shared.ts';

/** @throws UserFileError, or TypeError when a user of the list cannot be used. */
export const openUsers: OpenLogin<UsersOptions> = async (name, users, world) =>
  asked(name, await openMethod(users, world));

async function openMethod(users: UsersOptions, world: MethodWorld): Promise<OpenMethod> {
  if (!world.isDry) await preloadEngines();
  const { path, read, close } = users.file === undefined ? readList(users) : await openFile(users, world);
  return {
    isCacheable: true,
    warnings: warningsOf(users, path ?? 'list', read()),
    async look(client, context) {
      const request = { ...context, bytes: bytesOf(client) };
      // Only deliberately slow hashes go to threads; the others take less time than the hand-over.
      const verify: typeof verifyPassword = (password, hash) =>
        isSlow(hash)
          ? world.hashing.run(() => verifyPassword(password, hash), request)
          : verifyPassword(password, hash);
      const verdict = await checkUser(read(), client, { verify, isAddressIn });
      if (verdict.result === 'unknown') return { result: 'unknown' };
      return verdict.result === 'deny'
        ? { result: 'deny', reason: verdict.reason }
        : loginOfUser(verdict.user.tags);
    },
    recall(client) {
      const user = findUser(read(), client);
      return user === undefined ? { result: 'unknown' } : loginOfUser(user.tags);
    },
    vouched(client) {
      if (client === undefined) return read().names;
      const user = findUser(read(), client);
      // A user may be bound to another client id than this client's.
      return { clientid: user?.clientid === client.clientid, username: user?.username === client.username };
    },
    sharedNames: () => read().sharedNames,
    close,
  };
}

function warningsOf({ allowPlain }: UsersOptions, place: string, { weak }: UserIndex): readonly string[] {
  const plain = `${place}: accepts passwords that are not hashed (allowPlain)`;
  const fast = `${place}: ${weak} of the hashes can be guessed quickly (one pass of MD5 or SHA-1, or no salt); hash these passwords again with exhook hash`;
  return [...(allowPlain ? [plain] : []), ...(weak > 0 ? [fast] : [])];
}

function isSlow({ kind }: ParsedHash): boolean {
  return kind !== 'salted' && kind !== 'plain';
}

interface UserSource {
  readonly path?: string;
  /** Returns the current users. */
  read(): UserIndex;
  close(): void;
}

function readList(users: UsersOptions): UserSource {
  const records = (users.list ?? []).map((fields, line) => ({ line, fields }));
  const indexed = indexUsers(records, userOptionsOf(users));
  if (!indexed.ok) throw new TypeError(indexed.problems.map(({ message }) => message).join('; '));
  return { read: () => indexed.users, close: () => {} };
}

async function openFile(users: UsersOptions, world: MethodWorld): Promise<UserSource> {
  const { log, isDry, onChange, refused, userFiles = createUserFiles() } = world;
  const path = users.file ?? '';
  const options = {
    path,
    allowEmpty: users.allowEmpty,
    ...(users.format !== undefined && { format: users.format }),
    ...userOptionsOf(users),
  };
  const file = await userFiles.open(options, {
    onChange,
    onTold: ({ size }) => log.info(`${path} changed and was reloaded: ${size} users`),
    onProblems: ({ message }) => {
      refused?.('users');
      log.error(`${message}; the previous users stay in effect`);
    },
  });
  if (isDry) file.close();
  return { path, read: () => file.users, close: () => file.close() };
}

function isAddressIn(peerhost: string, networks: readonly string[]): boolean {
  const address = parseAddress(peerhost);
  return (
    address !== undefined &&
    networks.some((network) => {
      const cidr = parseCidr(network);
      return cidr !== undefined && isInCidr(address, cidr);
    })
  );
}
