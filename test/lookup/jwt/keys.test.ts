import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { publicKeys, secretKeys } from '../../../src/lookup/jwt/keys.ts';
import { RSA_PUBLIC_KEY, SECRET, SECRET_BASE64 } from './vectors.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = { type: 'spki', format: 'pem' } as const;

describe('secretKeys', () => {
  it('allows HMAC only, and warns of a secret that is too short for it', () => {
    expect(secretKeys({ secret: SECRET })).toMatchObject({
      algorithms: ['HS256', 'HS384', 'HS512'],
      warnings: [],
    });
    expect(secretKeys({ secret: 'emqxsecret', algorithms: ['HS256'] })).toMatchObject({
      algorithms: ['HS256'],
      warnings: ['secret_is_short'],
    });
  });

  it('reads base64 in both alphabets', async () => {
    const [standard] = await secretKeys({ secret: `${SECRET_BASE64}\n`, isBase64: true }).find({
      alg: 'HS256',
    });
    expect(Buffer.from(standard?.key as Uint8Array).toString()).toBe(
      'tide-pool-tide-pool-tide-pool-tide-pool-32bytes',
    );
    const [url] = await secretKeys({ secret: '-_-_', isBase64: true }).find({ alg: 'HS256' });
    expect(url?.key).toEqual(Uint8Array.of(0xfb, 0xff, 0xbf));
  });

  it('takes a JWK of a secret', async () => {
    const secret = JSON.stringify({ kty: 'oct', k: Buffer.from(SECRET).toString('base64url') });
    const [found] = await secretKeys({ secret }).find({ alg: 'HS256' });
    expect(Buffer.from(found?.key as Uint8Array).toString()).toBe(SECRET);
  });

  it.each([
    [{ secret: '' }, /is empty/],
    [{ secret: 'not base64!', isBase64: true }, /is not base64/],
    [{ secret: RSA_PUBLIC_KEY }, /a public key belongs in "publicKey"/],
    [{ secret: 'ssh-rsa AAAA' }, /a public key belongs in "publicKey"/],
    [
      { secret: JSON.stringify(rsa.publicKey.export({ format: 'jwk' })) },
      /a public key belongs in "publicKey"/,
    ],
    [{ secret: SECRET, algorithms: ['none'] }, /algorithm none cannot be used/],
    [
      { secret: SECRET, algorithms: ['RS256'] },
      /algorithm RS256 cannot be used with this kind of key: expected HS256/,
    ],
    [{ secret: SECRET, algorithms: [] }, /at least one/],
  ])('refuses %j', (options, message) => {
    expect(() => secretKeys(options)).toThrow(message);
  });
});

describe('publicKeys', () => {
  it('reads PEM, a JWK and its text', () => {
    const jwk = rsa.publicKey.export({ format: 'jwk' });
    for (const publicKey of [rsa.publicKey.export(pem).toString(), jwk, JSON.stringify(jwk, null, 2)]) {
      expect(publicKeys({ publicKey }).algorithms).toEqual([
        'RS256',
        'RS384',
        'RS512',
        'PS256',
        'PS384',
        'PS512',
      ]);
    }
  });

  const text = rsa.publicKey.export(pem).toString();

  it.each([
    ['line breaks written as \\n', text.replaceAll('\n', '\\n')],
    ['line breaks written as \\r\\n', text.replaceAll('\n', '\\r\\n')],
    ['blanks for line breaks', text.replaceAll('\n', ' ')],
    ['no line break', text.replaceAll('\n', '')],
    ['quotes around it', `"${text.trim().replaceAll('\n', '\\n')}"`],
    ['indented lines', text.replaceAll('\n', '\n    ')],
    ['line breaks of Windows', text.replaceAll('\n', '\r\n')],
  ])('reads PEM from an environment variable with %s', async (_, publicKey) => {
    const [found] = await publicKeys({ publicKey }).find({ alg: 'RS256' });
    expect(createPublicKey(text).equals(found?.key as KeyObject)).toBe(true);
  });

  it('uses the public half of a private JWK', async () => {
    const [found] = await publicKeys({ publicKey: rsa.privateKey.export({ format: 'jwk' }) }).find({
      alg: 'RS256',
    });
    expect(found?.key).toMatchObject({ type: 'public' });
  });

  it.each<[string, object | string, RegExp]>([
    ['a private key', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), /is a private key/],
    ['nonsense', 'SECRET', /is not a public key/],
    ['a broken JWK', '{"kty":"RSA"', /is not a public key/],
    ['a secret', { kty: 'oct', k: 'SECRET' }, /is not a public key/],
    [
      'RSA of 1024 bits',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export(pem),
      /2048 bits or more/,
    ],
    [
      'another curve',
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export(pem),
      /cannot be used/,
    ],
    [
      'a key of RSA-PSS',
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey.export(pem),
      /cannot be used/,
    ],
    ['X25519', generateKeyPairSync('x25519').publicKey.export(pem), /cannot be used/],
  ])('refuses %s', (_, publicKey, message) => {
    expect(() => publicKeys({ publicKey: publicKey as string })).toThrow(message);
    expect(() => publicKeys({ publicKey: publicKey as string })).not.toThrow(/SECRET/);
  });

  it('never allows an HMAC, or none', () => {
    for (const name of ['HS256', 'none', 'ES256']) {
      expect(() => publicKeys({ publicKey: RSA_PUBLIC_KEY, algorithms: [name] })).toThrow(/cannot be used/);
    }
  });
});
