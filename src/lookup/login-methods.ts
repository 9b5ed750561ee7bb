/** Opens the methods of a policy that need a look-up: users, tokens, HTTP services. */
import { type Http, type Jwt, type Users, userOptionsOf } from '../config/sections/authenticate-methods.ts';
import { isInCidr, parseAddress, parseCidr } from '../policy/cidr.ts';
import { compileClaims } from '../policy/claims.ts';
import { loginOfClaims, loginOfHttp, loginOfUser } from '../policy/logins.ts';
import type { Login, MethodAnswer } from '../policy/policy.ts';
import { indexUsers, type UserIndex } from '../policy/users.ts';
import type { Gate } from './gate.ts';
import { createHttpAuth, type HttpAuth, type HttpAuthOptions } from './http-auth.ts';
import { jwksKeys } from './jwt/jwks.ts';
import { openKeyFile } from './jwt/key-file.ts';
import { publicKeys, secretKeys, type TokenKeys } from './jwt/keys.ts';
import { type TokenProblem, verifyToken } from './jwt/verify.ts';
import { verifyPassword } from './password/verify.ts';
import { type Environment, readSecret } from './secret.ts';
import { checkUser, findUser } from './users/check.ts';
import { openUserStore } from './users/store.ts';

/** A method that asks somebody. */
export interface OpenMethod {
  /** @throws Failure when nobody can tell. */
  look(client: Login, signal: AbortSignal | undefined): Promise<MethodAnswer>;
  /** What the method would say of a client that is connected already, from its names; users only. */
  readonly recall?: (client: Pick<Login, 'username' | 'clientid'>) => MethodAnswer;
  /** Whether answers may be remembered. */
  readonly isCacheable: boolean;
  readonly warnings: readonly string[];
  close(): void;
}

/** What methods need of the world. */
export interface MethodWorld {
  readonly env: Environment;
  readonly log: { warn(message: string): void; error(message: string): void; info(message: string): void };
  readonly now: () => number;
  readonly random: () => number;
  /** Hashes passwords a few at a time. */
  readonly gate: Gate;
  /** Users have changed: what was remembered may be wrong. */
  readonly onChange: () => void;
  /** For checks and tests: asks nobody, watches nothing. */
  readonly isDry: boolean;
}

export async function openUsers(users: Users, world: MethodWorld): Promise<OpenMethod> {
  const options = userOptionsOf(users);
  const { path, read, close } = await openIndex();
  const verify: typeof verifyPassword = (password, hash) => verifyPassword(password, hash);

  async function openIndex(): Promise<{ path?: string; read: () => UserIndex; close: () => void }> {
    if (users.file === undefined) {
      const records = (users.list ?? []).map((fields, line) => ({ line, fields }));
      const indexed = indexUsers(records, options);
      if (!indexed.ok) throw new TypeError(indexed.problems.map(({ message }) => message).join('; '));
      return { read: () => indexed.users, close: () => {} };
    }
    const path = users.file;
    const store = await openUserStore({
      path,
      ...(users.format !== undefined && { format: users.format }),
      ...options,
      onChange: ({ size }) => {
        world.log.info(`${path} has changed and was read again: ${size} users`);
        world.onChange();
      },
      onProblems: ({ message }) => world.log.error(`${message}; the users read before stay in force`),
    });
    if (world.isDry) store.close();
    return { path, read: () => store.users, close: () => store.close() };
  }

  return {
    isCacheable: true,
    warnings: users.allowPlain
      ? [`${path ?? 'list'}: passwords that are not hashed are accepted (allowPlain)`]
      : [],
    async look(client, signal) {
      const verdict = await world.gate.run(() => checkUser(read(), client, { verify, isAddressIn }), signal);
      if (verdict.result === 'unknown') return { result: 'unknown' };
      return verdict.result === 'deny'
        ? { result: 'deny', reason: verdict.reason }
        : loginOfUser(verdict.user.tags);
    },
    recall(client) {
      const user = findUser(read(), client);
      return user === undefined ? { result: 'unknown' } : loginOfUser(user.tags);
    },
    close,
  };
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

/** Somebody else's token, or none: the next method may know it. As in EMQX, a bad signature is one of these. */
const notOurs: readonly TokenProblem[] = [
  'not_a_token',
  'malformed',
  'algorithm_not_allowed',
  'unknown_key',
  'bad_signature',
  'issuer_mismatch',
];

export async function openJwt(jwt: Jwt, world: MethodWorld): Promise<OpenMethod> {
  const { keys, warnings } = await openKeys(jwt, world);
  const options = {
    ...(jwt.issuer !== undefined && { issuer: jwt.issuer }),
    ...(jwt.audience !== undefined && { audience: jwt.audience }),
    clockTolerance: jwt.clockTolerance / 1000,
    requireExpiry: jwt.requireExpiry,
    maxTokenBytes: jwt.maxTokenBytes,
    claims: compileClaims(jwt.claims ?? {}),
    now: world.now,
  };
  return {
    // Checking is cheap, and keys may be withdrawn.
    isCacheable: false,
    warnings,
    async look(client, signal) {
      const token = jwt.from === 'password' ? client.password : client.username;
      if (token === '') return { result: 'unknown' };
      const bearer = { values: valuesOf(client), ...(signal && { signal }) };
      const verdict = await verifyToken(token, keys, options, bearer);
      if (verdict.ok) return loginOfClaims(verdict.claims, { tags: jwt.tags, acl: jwt.acl });
      const reason =
        verdict.claim === undefined ? verdict.reason : `${verdict.reason} (claim ${verdict.claim})`;
      return notOurs.includes(verdict.reason) ? { result: 'unknown', reason } : { result: 'deny', reason };
    },
    close: () => keys.close(),
  };
}

async function openKeys(
  jwt: Jwt,
  { env, log, now, isDry }: MethodWorld,
): Promise<{ keys: TokenKeys; warnings: readonly string[] }> {
  const algorithms = jwt.algorithms && { algorithms: jwt.algorithms };
  if (jwt.secret !== undefined) {
    const secret = await readSecret(jwt.secret, env);
    const keys = secretKeys({ secret, isBase64: jwt.secretEncoding === 'base64', ...algorithms });
    const isShort = keys.warnings.includes('secret_is_short');
    return { keys, warnings: isShort ? ['the secret has fewer than 32 bytes: it can be guessed'] : [] };
  }
  if (jwt.publicKey !== undefined) {
    const isFile = typeof jwt.publicKey === 'object' && 'file' in jwt.publicKey;
    if (!isFile || isDry)
      return {
        keys: publicKeys({ publicKey: await readSecret(jwt.publicKey, env), ...algorithms }),
        warnings: [],
      };
    const { file: path } = jwt.publicKey as { file: string };
    const onProblem = (message: string) => log.error(`${message}; the old key stays in use`);
    return { keys: await openKeyFile({ path, ...algorithms, onProblem }), warnings: [] };
  }
  const { url, ca, ...jwks } =
    typeof jwt.jwks === 'object' ? jwt.jwks : { url: jwt.jwks ?? '', ca: undefined };
  const keys = jwksKeys({
    url,
    ...jwks,
    ...algorithms,
    ...(ca !== undefined && { ca: (await readPem(ca)) ?? '' }),
    now,
    onProblem: (message) => log.warn(message),
  });
  if (!isDry) void keys.refresh();
  return {
    keys,
    warnings: url.startsWith('http:') ? ['keys that come over http:// can be replaced on the way'] : [],
  };
}

export async function openHttp(http: Http, { env, now, random }: MethodWorld): Promise<OpenMethod> {
  const headers = Object.fromEntries(
    await Promise.all(
      Object.entries(http.headers ?? {}).map(
        async ([name, value]) => [name, await readSecret(value, env)] as const,
      ),
    ),
  );
  const [ca, cert, key] = await Promise.all([http.ca, http.cert, http.key].map(readPem));
  const service = openService({
    url: http.url,
    method: http.method,
    headers,
    body: http.body,
    timeout: http.timeout,
    retries: http.retries,
    breaker: http.breaker,
    ignoreBroken: http.ignoreBroken,
    maxSockets: http.maxConnections,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    now,
    random,
  });
  const isPlain = http.url.startsWith('http:') && !/^http:\/\/(localhost|127\.|\[::1\])/.test(http.url);
  return {
    isCacheable: true,
    warnings: isPlain ? ['passwords go over http:// in the clear: use https://'] : [],
    look: async (client, signal) => loginOfHttp(await service.ask(valuesOf(client), signal)),
    close: () => service.close(),
  };
}

/** A header may be a secret: of what is wrong with one, only the place is told. */
function openService(options: HttpAuthOptions): HttpAuth {
  try {
    return createHttpAuth(options);
  } catch (error) {
    const [, header] = /^(headers\.[^:]*):/.exec((error as Error).message) ?? [];
    throw header === undefined ? error : new TypeError(`${header}: has a placeholder that is not known`);
  }
}

async function readPem(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : await readSecret({ file: path }, {});
}

/** The values that templates may name. */
function valuesOf({ clientid, username, password, peerhost, cn, dn, protocol, mountpoint }: Login) {
  return {
    clientid,
    username,
    password,
    peerhost,
    proto_name: protocol,
    mountpoint,
    cert_common_name: cn,
    cert_subject: dn,
  };
}
