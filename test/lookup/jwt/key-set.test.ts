import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { indexKeySet, MAX_CANDIDATES } from '../../../src/lookup/jwt/key-set.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const index = (...keys: JsonWebKey[]) => indexKeySet({ keys }, 10_000);

describe('indexKeySet', () => {
  it.each<[string, JsonWebKey[], { alg: string; kid?: string }, number]>([
    [
      'by its id',
      [
        { ...rsa, kid: 'a' },
        { ...rsa, kid: 'b' },
      ],
      { alg: 'RS256', kid: 'b' },
      1,
    ],
    ['no other than the one that is named', [{ ...rsa, kid: 'a' }], { alg: 'RS256', kid: 'b' }, 0],
    ['without id for a token that names one', [rsa], { alg: 'RS256', kid: 'b' }, 1],
    ['with the id before one without', [rsa, { ...rsa, kid: 'b' }], { alg: 'RS256', kid: 'b' }, 1],
    ['by its type when there is no id', [rsa, ec], { alg: 'ES256' }, 1],
    ['not for an algorithm of another type', [{ ...rsa, kid: 'a' }], { alg: 'ES256', kid: 'a' }, 0],
    ['not for an algorithm of another curve', [ec], { alg: 'ES384' }, 0],
    ['not for an algorithm that it is not bound to', [{ ...rsa, alg: 'RS512' }], { alg: 'RS256' }, 0],
    [
      'all that share an id',
      [
        { ...rsa, kid: 'a' },
        { ...rsa, kid: 'a' },
      ],
      { alg: 'RS256', kid: 'a' },
      2,
    ],
    ['not for encryption', [{ ...rsa, use: 'enc' }], { alg: 'RS256' }, 0],
    ['not for signing only', [{ ...rsa, key_ops: ['sign'] }], { alg: 'RS256' }, 0],
    [
      'that is a secret, of a set of secrets',
      [{ kty: 'oct', k: 'AAAA', kid: 'a' }],
      { alg: 'HS256', kid: 'a' },
      1,
    ],
    [
      'never a secret beside a public key',
      [rsa, { kty: 'oct', k: 'AAAA', kid: 'a' }],
      { alg: 'HS256', kid: 'a' },
      0,
    ],
    ['never a secret for a public algorithm', [{ kty: 'oct', k: 'AAAA', alg: 'RS256' }], { alg: 'RS256' }, 0],
    ['never a public key for HMAC', [{ ...rsa, alg: 'HS256' }], { alg: 'HS256' }, 0],
    ['never an empty secret', [{ kty: 'oct', k: '' }], { alg: 'HS256' }, 0],
    ['never a secret that is no base64', [{ kty: 'oct', k: '!!!!' }], { alg: 'HS256' }, 0],
    ['never a secret for another use', [{ kty: 'oct', k: 'AAAA', use: 'enc' }], { alg: 'HS256' }, 0],
    ['not a broken one', [{ kty: 'RSA', n: '!', kid: 'a' }], { alg: 'RS256', kid: 'a' }, 0],
    ['never for none', [{ ...rsa, alg: 'none' }], { alg: 'none' }, 0],
    ['as many as are tried', Array(MAX_CANDIDATES).fill(rsa), { alg: 'RS256' }, MAX_CANDIDATES],
    ['none of more than are tried', Array(MAX_CANDIDATES + 1).fill(rsa), { alg: 'RS256' }, 0],
  ])('finds a key %s', (_, keys, header, count) => {
    expect(index(...keys).find(header)).toHaveLength(count);
  });

  it('finds a secret beside public keys when secrets are wanted', () => {
    const set = indexKeySet({ keys: [rsa, { kty: 'oct', k: 'AAAA' }] }, 10, true);
    expect(set.find({ alg: 'HS256' })).toHaveLength(1);
    expect(set.find({ alg: 'RS256' })).toHaveLength(1);
  });

  it('lacks an id when its keys have ids, and none has this one', () => {
    expect(index(rsa).lacks('a')).toBe(false);
    expect(index({ ...rsa, kid: 'a' }).lacks('a')).toBe(false);
    expect(index(rsa, { ...rsa, kid: 'a' }).lacks('b')).toBe(true);
  });

  it('leaves the good keys of a set with odd members', () => {
    const set = indexKeySet({ keys: [null, 7, 'x', [], {}, { kty: 'new' }, { ...rsa, kid: 'a' }] }, 100);
    expect(set.size).toBe(1);
    expect(set.find({ alg: 'RS256', kid: 'a' })).toHaveLength(1);
  });

  it.each([null, undefined, 7, [], {}, { keys: {} }])('refuses %j', (json) => {
    expect(() => indexKeySet(json, 10)).toThrow(/not a JWK Set/);
  });

  it('refuses more keys than allowed', () => {
    expect(() => indexKeySet({ keys: Array(11).fill(rsa) }, 10)).toThrow(/more than 10 keys/);
  });

  it('reads no key but the one that is needed, of a thousand', () => {
    const reads: string[] = [];
    const keys = Array.from({ length: 1000 }, (_, i) => ({
      ...rsa,
      kid: `k${i}`,
      get n() {
        reads.push(`k${i}`);
        return rsa.n;
      },
    }));
    const set = indexKeySet({ keys }, 1000);
    for (let i = 0; i < 10; i++) expect(set.find({ alg: 'RS256', kid: 'k500' })).toHaveLength(1);
    expect(reads).toEqual(['k500']);
  });
});
