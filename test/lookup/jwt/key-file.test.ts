import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeyFile, openKeyFile } from '../../../src/lookup/jwt/key-file.ts';
import { verifyToken } from '../../../src/lookup/jwt/verify.ts';
import { RS256_BY_OPENSSL, RSA_PUBLIC_KEY } from './vectors.ts';

let dir: string;
let path: string;
let keys: KeyFile | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'exhook-key-'));
  path = join(dir, 'key.pem');
  await writeFile(path, RSA_PUBLIC_KEY);
});

afterEach(async () => {
  keys?.close();
  await rm(dir, { recursive: true });
});

const check = (token: string, source: KeyFile) =>
  verifyToken(token, source, { now: () => 0, requireExpiry: false }, { values: {} });

describe('openKeyFile', () => {
  it('takes a new key, of another type too, and keeps the old one instead of a broken one', async () => {
    const problems: string[] = [];
    keys = await openKeyFile({ path, onProblem: (message) => problems.push(message) });
    expect(await check(RS256_BY_OPENSSL, keys)).toMatchObject({ ok: true });
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(path, pair.publicKey.export({ type: 'spki', format: 'pem' }));
    await keys.reload();
    const token = jsonwebtoken.sign({}, pair.privateKey, { algorithm: 'ES256', noTimestamp: true });
    expect(await check(token, keys)).toMatchObject({ ok: true });
    expect(await check(RS256_BY_OPENSSL, keys)).toMatchObject({ reason: 'unknown_key' });
    await writeFile(path, 'SECRET');
    await keys.reload();
    expect(await check(token, keys)).toMatchObject({ ok: true });
    expect(problems).toEqual([`${path}: "publicKey" is not a public key: expected PEM or a JWK`]);
  });

  it('does not start without a key that can be used', async () => {
    await expect(openKeyFile({ path: join(dir, 'none'), onProblem: () => {} })).rejects.toThrow('ENOENT');
    await expect(openKeyFile({ path, algorithms: ['HS256'], onProblem: () => {} })).rejects.toThrow(
      /HS256 cannot be used/,
    );
  });
});
