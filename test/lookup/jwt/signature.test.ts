/** Signatures: the vectors of the RFCs, jose as the judge of everything else, and what attackers make of them. */
import { generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import fc from 'fast-check';
import { CompactSign } from 'jose';
import { describe, expect, it } from 'vitest';
import { publicKeys, secretKeys, type TokenKey, type TokenKeys } from '../../../src/lookup/jwt/keys.ts';
import { isSignedBy } from '../../../src/lookup/jwt/signature.ts';
import { type TokenOptions, verifyToken } from '../../../src/lookup/jwt/verify.ts';
import { judge } from './jose-judge.ts';

const text = (value: string) => new TextEncoder().encode(value);
const base64url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url');
const SECRET = 'tide-pool-tide-pool-tide-pool-32';
/** Seconds since 1970. */
const NOW = 1_300_000_000;

interface Signer {
  readonly algorithms: readonly string[];
  readonly sign: KeyObject | Uint8Array;
  readonly keys: TokenKeys;
}

function pairOf(
  algorithms: readonly string[],
  pair: { publicKey: KeyObject; privateKey: KeyObject },
): Signer {
  const keys = publicKeys({ publicKey: pair.publicKey.export({ format: 'jwk' }) });
  return { algorithms, sign: pair.privateKey, keys };
}

const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const signers: readonly Signer[] = [
  { algorithms: ['HS256', 'HS384', 'HS512'], sign: text(SECRET), keys: secretKeys({ secret: SECRET }) },
  pairOf(rsaAlgorithms, generateKeyPairSync('rsa', { modulusLength: 2048 })),
  pairOf(['ES256'], ec('P-256')),
  pairOf(['ES384'], ec('P-384')),
  pairOf(['ES512'], ec('P-521')),
  pairOf(['EdDSA', 'Ed25519'], generateKeyPairSync('ed25519')),
];
const each = signers.flatMap((signer) => signer.algorithms.map((alg) => [alg, signer] as const));
const signerOf = (alg: string) => each.find(([name]) => name === alg)?.[1] as Signer;

async function keyOf({ keys }: Signer, alg: string): Promise<TokenKey> {
  return (await keys.find({ alg }))[0] as TokenKey;
}

const verify = (token: string, keys: TokenKeys, options: Partial<TokenOptions> = {}) =>
  verifyToken(token, keys, { now: () => NOW * 1000, ...options }, { values: {} });

async function tokenOf(signer: Signer, header: object, payload: string | Uint8Array): Promise<string> {
  const bytes = typeof payload === 'string' ? text(payload) : payload;
  return await new CompactSign(bytes).setProtectedHeader(header as { alg: string }).sign(signer.sign);
}

describe('tokens of the RFCs', () => {
  const payload =
    'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
  const claims = { iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true };

  it('are good: HS256 of RFC 7515, A.1', async () => {
    const k = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow';
    const token = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`;
    const keys = secretKeys({ secret: JSON.stringify({ kty: 'oct', k }) });
    expect(await verify(token, keys)).toEqual({ ok: true, claims });
  });

  it('are good: ES256 of RFC 7515, A.3', async () => {
    const publicKey = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    };
    const signature =
      'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q';
    const token = `eyJhbGciOiJFUzI1NiJ9.${payload}.${signature}`;
    expect(await verify(token, publicKeys({ publicKey }))).toEqual({ ok: true, claims });
  });

  it('are good: Ed25519 of RFC 8037, A.4', async () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    const [key] = await publicKeys({ publicKey: jwk }).find({ alg: 'EdDSA' });
    const signature =
      'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg';
    const input = text('eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc');
    const bytes = Buffer.from(signature, 'base64url');
    expect(isSignedBy(key as TokenKey, 'EdDSA', input, bytes)).toBe(true);
    bytes[3] = (bytes[3] as number) ^ 1;
    expect(isSignedBy(key as TokenKey, 'EdDSA', input, bytes)).toBe(false);
  });
});

describe('a signature', () => {
  it.each(each)(
    'of %s is good, and not when any byte is changed, missing or too many',
    async (alg, signer) => {
      const token = await tokenOf(signer, { alg }, `{"exp":${NOW + 60}}`);
      expect(await verify(token, signer.keys)).toMatchObject({ ok: true });
      const [header = '', payload = '', part = ''] = token.split('.');
      const signature = Buffer.from(part, 'base64url');
      const wrong = [
        ...[0, 1, signature.length >> 1, signature.length - 1].map((at) => {
          const changed = Buffer.from(signature);
          changed[at] = (changed[at] as number) ^ 0x01;
          return changed;
        }),
        ...[0, 1, signature.length >> 1, signature.length - 1].map((length) => signature.subarray(0, length)),
        Buffer.concat([signature, Buffer.of(0)]),
        Buffer.concat([Buffer.of(0), signature]),
        Buffer.alloc(signature.length),
        Buffer.alloc(signature.length, 0xff),
      ];
      for (const bytes of wrong)
        expect(await verify(`${header}.${payload}.${base64url(bytes)}`, signer.keys)).toEqual({
          ok: false,
          reason: 'bad_signature',
        });
    },
  );

  it.each(each)('of %s is not one of any other algorithm', async (alg, signer) => {
    const [, payload = '', signature = ''] = (await tokenOf(signer, { alg }, `{"exp":${NOW + 60}}`)).split(
      '.',
    );
    const others = each.map(([name]) => name).filter((name) => name !== alg);
    for (const other of [...others, 'none', 'hs256', '', 'HS256 ', 'RS1', '__proto__', 'toString']) {
      const token = `${base64url(JSON.stringify({ alg: other }))}.${payload}.${signature}`;
      expect(await verify(token, signer.keys), other).toMatchObject({ ok: false });
    }
  });

  it('of ECDSA is two numbers one behind the other, and not their DER', async () => {
    for (const [alg, hash] of [
      ['ES256', 'sha256'],
      ['ES384', 'sha384'],
      ['ES512', 'sha512'],
    ] as const) {
      const signer = signerOf(alg);
      const input = `${base64url(JSON.stringify({ alg }))}.${base64url(`{"exp":${NOW + 60}}`)}`;
      const der = signBytes(hash, Buffer.from(input), signer.sign as KeyObject);
      expect(await verify(`${input}.${base64url(der)}`, signer.keys)).toMatchObject({
        reason: 'bad_signature',
      });
    }
  });

  it('of ECDSA is refused when a number is zero, the order of the curve or above it', async () => {
    const signer = signerOf('ES256');
    const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
    const input = `${base64url('{"alg":"ES256"}')}.${base64url(`{"exp":${NOW + 60}}`)}`;
    const one = Buffer.alloc(32);
    one[31] = 1;
    for (const r of [Buffer.alloc(32), order, Buffer.alloc(32, 0xff), one])
      for (const s of [Buffer.alloc(32), order, Buffer.alloc(32, 0xff), one]) {
        const token = `${input}.${base64url(Buffer.concat([r, s]))}`;
        expect(await verify(token, signer.keys)).toMatchObject({ reason: 'bad_signature' });
      }
  });

  it('of a key of one kind is never checked with a key of another', async () => {
    for (const [alg, signer] of each) {
      const [head = '', body = '', part = ''] = (await tokenOf(signer, { alg }, '{}')).split('.');
      const [input, signature] = [text(`${head}.${body}`), Buffer.from(part, 'base64url')];
      for (const [other, { keys }] of each) {
        const [key] = await keys.find({ alg: other });
        // As if a source offered a key for an algorithm it does not fit.
        const offered = { key: (key as TokenKey).key, algorithms: [alg] };
        const isOwn = keys === signer.keys;
        expect(isSignedBy(offered, alg, input, signature), `${alg} with a key of ${other}`).toBe(isOwn);
      }
      expect(isSignedBy({ ...(await keyOf(signer, alg)), algorithms: [] }, alg, input, signature)).toBe(
        false,
      );
    }
  });
});

describe('verifyToken', () => {
  const time = fc.oneof(
    fc.integer({ min: NOW - 20, max: NOW + 20 }),
    fc.constantFrom(null, '1300000010', true, [], -0, 1.5e9, Number.MAX_VALUE),
  );
  const name = fc.constantFrom('a', 'b', '', null, 7, ['a'], ['a', 7], ['c'], [], { a: 1 }, 'mqtt', ['mqtt']);
  const payloads = fc.oneof(
    fc
      .record(
        { exp: time, nbf: time, iat: time, iss: name, aud: name, sub: fc.string() },
        { requiredKeys: [] },
      )
      .map((claims) => JSON.stringify(claims)),
    fc.constantFrom('', 'null', '[]', '"x"', '{', '\ufeff{"exp":1300000060}', '{"exp":1,"exp":1300000060}'),
    fc.constantFrom(
      '{"exp":1e999}',
      '{"__proto__":{"exp":1300000060}}',
      '{"exp":1300000060,"sub":12345678901234567890}',
    ),
  );
  const bytes = fc.oneof(payloads.map(text), fc.uint8Array({ maxLength: 12 }));
  const headers = fc.record(
    {
      kid: fc.constantFrom('k', ''),
      typ: fc.constantFrom('JWT', 7),
      crit: fc.constantFrom(null, [], ['b64'], ['x'], 'b64', ['b64', 'b64'], [''], [7], ['exp']),
      b64: fc.constantFrom(true, false, 'true', null),
      x: fc.constant(1),
    },
    { requiredKeys: [] },
  );
  const options = fc.record(
    {
      issuer: fc.constantFrom('a', ['a', 'b']),
      audience: fc.constantFrom('mqtt', ['a', 'mqtt']),
      clockTolerance: fc.constantFrom(0, 5, 1.5),
      requireExpiry: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  /** Where a token is damaged, and how; mostly not at all. */
  const damage = fc.option(fc.tuple(fc.nat(400), fc.constantFrom('A', 'B', '-', '_', '')), { freq: 2 });

  it('says of every token what jose says of it', async () => {
    const quick = each.filter(([alg]) => /^(HS|ES256|EdDSA|RS256|PS256)/.test(alg));
    const property = fc.asyncProperty(
      fc.constantFrom(...quick),
      headers,
      bytes,
      options,
      damage,
      async ([alg, signer], header, payload, given, damaged) => {
        const key = await keyOf(signer, alg);
        const parts = [base64url(JSON.stringify({ alg, ...header })), base64url(payload)];
        // jose does not sign a header that it would refuse: the signature of another token is appended.
        const signature = await signRaw(signer, alg, parts.join('.'));
        let token = [...parts, signature].join('.');
        if (damaged !== null) {
          const at = damaged[0] % token.length;
          token = `${token.slice(0, at)}${damaged[1]}${token.slice(at + 1)}`;
        }
        const all: TokenOptions = { ...given, now: () => NOW * 1000 };
        const ours = await verify(token, signer.keys, all);
        const isEarly = !ours.ok && ['not_a_token', 'algorithm_not_allowed'].includes(ours.reason);
        const theirs = await judge(token, key, alg, all);
        if (isEarly) expect(theirs.ok).toBe(false);
        else expect(ours.ok ? { ok: true } : ours).toEqual(await withHeader(token, theirs));
      },
    );
    await fc.assert(property, { numRuns: 1_500 });
  });
});

/** An invalid header is reported before anything that jose finds. */
async function withHeader(token: string, theirs: object): Promise<object> {
  const { decodeProtectedHeader } = await import('jose');
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const isGood = typeof alg === 'string' && (kid === undefined || typeof kid === 'string');
    return isGood ? theirs : { ok: false, reason: 'malformed' };
  } catch {
    return { ok: false, reason: 'malformed' };
  }
}

async function signRaw(signer: Signer, alg: string, input: string): Promise<string> {
  const { createHmac, constants } = await import('node:crypto');
  const hash = `sha${alg.slice(2)}`;
  if (signer.sign instanceof Uint8Array)
    return createHmac(hash, signer.sign).update(input).digest('base64url');
  const key = signer.sign;
  const data = Buffer.from(input);
  if (alg.startsWith('E') && !alg.startsWith('ES')) return base64url(signBytes(null, data, key));
  if (alg.startsWith('ES')) return base64url(signBytes(hash, data, { key, dsaEncoding: 'ieee-p1363' }));
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(alg.slice(2)) / 8 };
  return base64url(signBytes(hash, data, { key, ...(alg.startsWith('PS') && pss) }));
}
