import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { publicKeys, secretKeys, type TokenKeys } from '../../../src/lookup/jwt/keys.ts';
import { type TokenOptions, verifyToken } from '../../../src/lookup/jwt/verify.ts';
import { compileClaims } from '../../../src/policy/login/claims.ts';
import * as vectors from './vectors.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const seconds = NOW / 1000;
const client = { clientid: 'meter-1', username: 'anna' };

function verify(token: string, keys: TokenKeys, options: Partial<TokenOptions> = {}) {
  return verifyToken(token, keys, { now: () => NOW, ...options }, { values: client });
}

const secret = secretKeys({ secret: vectors.SECRET });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const rsaKeys = publicKeys({ publicKey: pemOf(rsa.publicKey) });

/** Another library's token, signed with the shared secret. */
function sign(claims: object, options: jsonwebtoken.SignOptions = {}): string {
  return jsonwebtoken.sign({ exp: seconds + 60, ...claims }, vectors.SECRET, {
    noTimestamp: true,
    ...options,
  });
}

function encode(header: object, payload: object | string, signature = 'AAAA'): string {
  const part = (value: object | string) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}

describe('verifyToken', () => {
  it('accepts what openssl and python signed', async () => {
    const openssl = publicKeys({ publicKey: vectors.RSA_PUBLIC_KEY });
    expect(await verify(vectors.RS256_BY_OPENSSL, openssl)).toEqual({ ok: true, claims: vectors.CLAIMS });
    expect(await verify(vectors.HS256_BY_OPENSSL, secret)).toEqual({ ok: true, claims: vectors.CLAIMS });
    const python = secretKeys({ secret: vectors.SECRET_BASE64, isBase64: true });
    expect(await verify(vectors.HS512_BY_PYTHON, python)).toMatchObject({
      ok: true,
      claims: { sub: 'meter-1' },
    });
  });

  it('keeps every digit of the numbers in claims, and the times as they were compared', async () => {
    const body = `{"exp":${seconds + 60},"nbf":1,"sub":9007199254740993,"n":[1.5,12345678901234567890],"small":7}`;
    const unsigned = encode({ alg: 'HS256' }, body, '').slice(0, -1);
    const signature = createHmac('sha256', vectors.SECRET).update(unsigned).digest('base64url');
    const claims = {
      exp: seconds + 60,
      nbf: 1,
      sub: '9007199254740993',
      n: [1.5, '12345678901234567890'],
      small: 7,
    };
    const token = `${unsigned}.${signature}`;
    expect(await verify(token, secret)).toEqual({ ok: true, claims });
    const bound = { claims: compileClaims({ sub: '${clientid}' }) };
    const of = (clientid: string) =>
      verifyToken(token, secret, { now: () => NOW, ...bound }, { values: { clientid } });
    expect(await of('9007199254740993')).toMatchObject({ ok: true });
    expect(await of('9007199254740992')).toMatchObject({ ok: false, reason: 'claim_mismatch' });
  });

  it.each(['HS256', 'HS384', 'HS512'] as const)('accepts %s of jsonwebtoken', async (algorithm) => {
    expect(await verify(sign({}, { algorithm }), secret)).toMatchObject({ ok: true });
  });

  it.each(['RS256', 'RS512', 'PS256'] as const)('accepts %s of jsonwebtoken', async (algorithm) => {
    const token = jsonwebtoken.sign({ exp: seconds + 60 }, rsa.privateKey, { algorithm, noTimestamp: true });
    expect(await verify(token, rsaKeys)).toMatchObject({ ok: true });
  });

  it.each([
    ['ES256', 'P-256'],
    ['ES384', 'P-384'],
    ['ES512', 'P-521'],
  ] as const)('accepts %s of jsonwebtoken, with a JWK', async (algorithm, namedCurve) => {
    const pair = generateKeyPairSync('ec', { namedCurve });
    const token = jsonwebtoken.sign({ exp: seconds + 60 }, pair.privateKey, { algorithm, noTimestamp: true });
    expect(
      await verify(token, publicKeys({ publicKey: pair.publicKey.export({ format: 'jwk' }) })),
    ).toMatchObject({ ok: true });
  });

  it('accepts Ed25519 under both of its names', async () => {
    const { SignJWT } = await import('jose');
    const pair = generateKeyPairSync('ed25519');
    const keys = publicKeys({ publicKey: pemOf(pair.publicKey) });
    for (const alg of ['EdDSA', 'Ed25519']) {
      const token = await new SignJWT({ exp: seconds + 60 })
        .setProtectedHeader({ alg })
        .sign(pair.privateKey);
      expect(await verify(token, keys)).toMatchObject({ ok: true });
    }
  });

  it.each<[string, object, Partial<TokenOptions>, object]>([
    ['is within its time', { exp: seconds + 1, nbf: seconds }, {}, { ok: true }],
    ['has expired', { exp: seconds }, {}, { reason: 'expired' }],
    ['has expired within the tolerance', { exp: seconds - 5 }, { clockTolerance: 10 }, { ok: true }],
    [
      'has expired beyond the tolerance',
      { exp: seconds - 10 },
      { clockTolerance: 10 },
      { reason: 'expired' },
    ],
    ['is not valid yet', { nbf: seconds + 1 }, {}, { reason: 'not_yet_valid', claim: 'nbf' }],
    ['is not valid yet, within the tolerance', { nbf: seconds + 5 }, { clockTolerance: 10 }, { ok: true }],
    ['never expires', { exp: undefined }, {}, { reason: 'expiry_missing' }],
    ['never expires, as allowed', { exp: undefined }, { requireExpiry: false }, { ok: true }],
    ['is of the issuer', { iss: 'a' }, { issuer: 'a' }, { ok: true }],
    ['is of one of the issuers', { iss: 'b' }, { issuer: ['a', 'b'] }, { ok: true }],
    ['is of another issuer', { iss: 'c' }, { issuer: ['a', 'b'] }, { reason: 'issuer_mismatch' }],
    ['names no issuer', {}, { issuer: 'a' }, { reason: 'issuer_mismatch' }],
    ['is for this audience', { aud: ['x', 'mqtt'] }, { audience: 'mqtt' }, { ok: true }],
    ['is for another audience', { aud: ['x'] }, { audience: 'mqtt' }, { reason: 'audience_mismatch' }],
    ['is for no audience', {}, { audience: 'mqtt' }, { reason: 'audience_mismatch' }],
    ['is its bearer’s', { sub: 'meter-1' }, { claims: compileClaims({ sub: '${clientid}' }) }, { ok: true }],
    [
      'is another’s',
      { sub: 'meter-2' },
      { claims: compileClaims({ sub: '${clientid}' }) },
      { reason: 'claim_mismatch', claim: 'sub' },
    ],
  ])('judges a token that %s', async (_, claims, options, verdict) => {
    const all = { exp: seconds + 60, ...claims };
    const token = jsonwebtoken.sign(JSON.parse(JSON.stringify(all)), vectors.SECRET, { noTimestamp: true });
    expect(await verify(token, secret, options)).toMatchObject(verdict);
  });

  it('accepts a token in the last second of its time and refuses it in the next', async () => {
    const token = sign({ exp: seconds });
    expect(await verify(token, secret, { now: () => NOW - 1000 })).toMatchObject({ ok: true });
    expect(await verify(token, secret, { now: () => NOW })).toMatchObject({ reason: 'expired' });
  });
});

describe('verifyToken refuses', () => {
  const good = sign({ sub: 'meter-1' });
  const [head = '', body = '', signature = ''] = good.split('.');

  it.each([
    ['nothing', '', 'not_a_token'],
    ['a password', 'tide-pool', 'not_a_token'],
    ['two parts', `${head}.${body}`, 'not_a_token'],
    ['four parts', `${good}.x`, 'not_a_token'],
    ['an encrypted token', `${good}.x.y`, 'not_a_token'],
    ['padding', `${good}=`, 'not_a_token'],
    ['a space', `${good} `, 'not_a_token'],
    ['a huge token', `${head}.${'A'.repeat(9000)}.${signature}`, 'too_large'],
    ['a header that is no JSON', `AAAA.${body}.${signature}`, 'malformed'],
    ['a header without alg', encode({ typ: 'JWT' }, {}), 'malformed'],
    ['a header whose alg is a list', encode({ alg: ['HS256'] }, {}), 'malformed'],
    ['a header whose kid is an object', encode({ alg: 'HS256', kid: {} }, {}), 'malformed'],
    ['a critical header it does not know', encode({ alg: 'HS256', crit: ['x'], x: 1 }, {}), 'malformed'],
    [
      'a header that unpacks the payload',
      encode({ alg: 'HS256', b64: false, crit: ['b64'] }, {}),
      'bad_signature',
    ],
    ['alg none', encode({ alg: 'none' }, { exp: seconds + 60 }, ''), 'algorithm_not_allowed'],
    ['alg NONE', encode({ alg: 'NONE' }, { exp: seconds + 60 }, ''), 'algorithm_not_allowed'],
    ['an empty signature', `${head}.${body}.`, 'bad_signature'],
    ['a truncated signature', good.slice(0, -5), 'bad_signature'],
    ['a truncated payload', `${head}.${body.slice(0, -4)}.${signature}`, 'bad_signature'],
    [
      'a changed payload',
      `${head}.${Buffer.from('{"sub":"admin"}').toString('base64url')}.${signature}`,
      'bad_signature',
    ],
    ['another secret', jsonwebtoken.sign({ exp: seconds + 60 }, 'x'.repeat(32)), 'bad_signature'],
    ['a public-key algorithm', vectors.RS256_BY_OPENSSL, 'algorithm_not_allowed'],
    ['a payload that is no object', jsonwebtoken.sign('"text"', vectors.SECRET), 'malformed'],
    ['an exp that is no number', jsonwebtoken.sign('{"exp":"9999999999"}', vectors.SECRET), 'malformed'],
  ])('%s', async (_, token, reason) => {
    expect(await verify(token, secret)).toMatchObject({ ok: false, reason });
  });

  it('the public key as the secret of an HMAC', async () => {
    const keys = publicKeys({ publicKey: vectors.RSA_PUBLIC_KEY });
    expect(await verify(vectors.HS256_WITH_PUBLIC_KEY, keys)).toEqual({
      ok: false,
      reason: 'algorithm_not_allowed',
    });
  });

  it('a signature of another RSA key, and another algorithm than allowed', async () => {
    expect(await verify(vectors.RS256_BY_OPENSSL, rsaKeys)).toMatchObject({ reason: 'bad_signature' });
    const pss = publicKeys({ publicKey: vectors.RSA_PUBLIC_KEY, algorithms: ['PS256'] });
    expect(await verify(vectors.RS256_BY_OPENSSL, pss)).toMatchObject({ reason: 'algorithm_not_allowed' });
  });

  it('whatever the key source does not know', async () => {
    const nobody: TokenKeys = { algorithms: ['HS256'], find: async () => [], close: () => {} };
    expect(await verify(good, nobody)).toEqual({ ok: false, reason: 'unknown_key' });
  });

  it('a key source that offers a key for another algorithm', async () => {
    const confused: TokenKeys = {
      algorithms: ['HS256', 'RS256'],
      find: () => publicKeys({ publicKey: vectors.RSA_PUBLIC_KEY }).find({ alg: 'HS256' }),
      close: () => {},
    };
    expect(await verify(vectors.HS256_WITH_PUBLIC_KEY, confused)).toEqual({
      ok: false,
      reason: 'unknown_key',
    });
  });
});
