/** The method `jwt`: verifies a token in the password or in the user name. */

import { readPem } from '../../lib/pem.ts';
import type { Secret } from '../../lib/schema/secret.ts';
import { readHeaders, readSecret } from '../../lib/secret.ts';
import { compileClaims } from '../../policy/login/claims.ts';
import { loginOfClaims } from '../../policy/login/logins.ts';
import { asked, type MethodWorld, type OpenLogin, type OpenMethod } from '../methods/method.ts';
import { valuesOf } from '../methods/values.ts';
import type { JwtOptions } from './declaration.ts';
import { openJwksKeys } from './jwks.ts';
import { openKeyFile } from './key-file.ts';
import { publicKeys, secretKeys, type TokenKeys } from './keys.ts';
import { type TokenProblem, verifyToken } from './verify.ts';

/** A foreign token, or none: the next method may know it. As in EMQX, a bad signature is one of these. */
const notOurs: readonly TokenProblem[] = [
  'not_a_token',
  'malformed',
  'algorithm_not_allowed',
  'unknown_key',
  'bad_signature',
  'issuer_mismatch',
];

export const openJwt: OpenLogin<JwtOptions> = async (name, jwt, world) =>
  asked(name, await openMethod(jwt, world));

async function openMethod(jwt: JwtOptions, world: MethodWorld): Promise<OpenMethod> {
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
  const { tags, acl } = jwt;
  const claims = { tags, acl, clockTolerance: options.clockTolerance };
  let skippedTags = 0;
  return {
    get skippedTags() {
      return skippedTags;
    },
    // Verifying is cheap, and keys may be revoked.
    isCacheable: false,
    warnings,
    async look(client, { signal }) {
      const token = jwt.from === 'password' ? client.password : client.username;
      if (token === '') return { result: 'unknown' };
      const bearer = { values: valuesOf(client), ...(signal && { signal }) };
      const verdict = await verifyToken(token, keys, options, bearer);
      if (verdict.ok) {
        const login = loginOfClaims(verdict.claims, claims);
        skippedTags += login.skippedTags;
        return login.answer;
      }
      const reason =
        verdict.claim === undefined ? verdict.reason : `${verdict.reason} (claim ${verdict.claim})`;
      return notOurs.includes(verdict.reason) ? { result: 'unknown', reason } : { result: 'deny', reason };
    },
    close: () => keys.close(),
  };
}

interface OpenKeys {
  readonly keys: TokenKeys;
  readonly warnings: readonly string[];
}

async function openKeys(jwt: JwtOptions, world: MethodWorld): Promise<OpenKeys> {
  const algorithms = jwt.algorithms && { algorithms: jwt.algorithms };
  if (jwt.secret !== undefined) return await openSecret(jwt.secret, jwt.secretEncoding, algorithms, world);
  if (jwt.publicKey !== undefined) return await openPublicKey(jwt.publicKey, algorithms, world);
  return await openJwks(jwt.jwks ?? '', algorithms, world);
}

type Algorithms = { readonly algorithms: readonly string[] } | undefined;

async function openSecret(
  from: Secret,
  encoding: JwtOptions['secretEncoding'],
  algorithms: Algorithms,
  { env }: MethodWorld,
): Promise<OpenKeys> {
  const secret = await readSecret(from, env);
  const keys = secretKeys({ secret, isBase64: encoding === 'base64', ...algorithms });
  const isShort = keys.warnings.includes('secret_is_short');
  return { keys, warnings: isShort ? ['the secret has fewer than 32 bytes: it can be guessed'] : [] };
}

async function openPublicKey(
  from: Secret,
  algorithms: Algorithms,
  { env, log, isDry, refused }: MethodWorld,
): Promise<OpenKeys> {
  if (typeof from === 'string' || !('file' in from) || isDry)
    return { keys: publicKeys({ publicKey: await readSecret(from, env), ...algorithms }), warnings: [] };
  const onProblem = (message: string) => {
    refused?.('keys');
    log.error(`${message}; the previous key stays in effect`);
  };
  return { keys: await openKeyFile({ path: from.file, ...algorithms, onProblem }), warnings: [] };
}

async function openJwks(
  from: NonNullable<JwtOptions['jwks']>,
  algorithms: Algorithms,
  { env, log, monotonic, isDry, refused }: MethodWorld,
): Promise<OpenKeys> {
  const { url, ca, headers, ...jwks } =
    typeof from === 'object' ? from : { url: from, ca: undefined, headers: undefined };
  const keys = await openJwksKeys({
    url,
    ...jwks,
    ...algorithms,
    ...(ca !== undefined && { ca: (await readPem(ca)) ?? '' }),
    headers: await readHeaders(headers, env),
    now: monotonic,
    onProblem: (message) => {
      refused?.('keys');
      log.warn(message);
    },
  });
  if (!isDry) void keys.refresh();
  return {
    keys,
    warnings: url.startsWith('http:')
      ? ['keys fetched over http:// can be replaced in transit: use https://']
      : [],
  };
}
