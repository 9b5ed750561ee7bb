import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { type JwksKeys, type JwksOptions, openJwksKeys } from '../../../src/lookup/jwt/jwks.ts';
import { verifyToken } from '../../../src/lookup/jwt/verify.ts';

/** A JWK Set behind HTTPS, with its answers and a count of requests. */
let server: https.Server;
let url: string;
let ca: string;
let body: string;
let status: number;
let delay: number;
let requests: number;
let clock: number;
let problems: string[];
let keys: JwksKeys | undefined;

/** A certificate authority and a server certificate, made with openssl for this run. */
function makeCertificates() {
  const dir = mkdtempSync(join(tmpdir(), 'exhook-jwks-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=test CA',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=127.0.0.1',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
  );
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-copy_extensions',
    'copy',
    '-days',
    '2',
    '-out',
    'server.pem',
  );
  const read = (name: string) => readFileSync(join(dir, name), 'utf8');
  const made = { ca: read('ca.pem'), cert: read('server.pem'), key: read('server.key') };
  rmSync(dir, { recursive: true });
  return made;
}

beforeAll(async () => {
  const { cert, key, ca: authority } = makeCertificates();
  ca = authority;
  server = https.createServer({ cert, key }, (_, response) => {
    requests++;
    setTimeout(() => response.writeHead(status, { 'content-type': 'application/json' }).end(body), delay);
  });
  await listen(await freePort());
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
});

const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

function stop(): Promise<unknown> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}

afterAll(stop);

beforeEach(() => {
  [status, delay, requests, clock, problems] = [200, 0, 0, 1_000_000, []];
  serve(first);
});

afterEach(() => keys?.close());

interface Signer {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}
const makeSigner = (kid: string): Signer => ({ kid, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) });
const first = makeSigner('first');
const second = makeSigner('second');
const jwkOf = ({ kid, publicKey }: Signer) => ({
  kid,
  use: 'sig',
  alg: 'ES256',
  ...publicKey.export({ format: 'jwk' }),
});
const serve = (...signers: Signer[]) => {
  body = JSON.stringify({ keys: signers.map(jwkOf) });
};

async function open(options: Partial<JwksOptions> = {}): Promise<JwksKeys> {
  keys = await openJwksKeys({
    url,
    ca,
    now: () => clock,
    onProblem: (message) => problems.push(message),
    ...options,
  });
  return keys;
}

function check({ kid, privateKey }: Signer, source: JwksKeys, signal?: AbortSignal) {
  const token = jsonwebtoken.sign({}, privateKey, { algorithm: 'ES256', keyid: kid, noTimestamp: true });
  const options = { now: () => clock, requireExpiry: false };
  return verifyToken(token, source, options, { values: {}, ...(signal && { signal }) });
}

describe('openJwksKeys', () => {
  it('asks once and remembers', async () => {
    const source = await open();
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => check(first, source)));
    expect(verdicts.every(({ ok }) => ok)).toBe(true);
    expect(await check(first, source)).toMatchObject({ ok: true });
    expect(requests).toBe(1);
    expect(source.state).toEqual({ size: 1, age: 0 });
  });

  it('finds a key that was added, once the cool-down is over', async () => {
    const source = await open();
    await check(first, source);
    serve(first, second);
    expect(await check(second, source)).toEqual({ ok: false, reason: 'unknown_key' });
    expect(requests).toBe(1);
    clock += 30_000;
    expect(await check(second, source)).toMatchObject({ ok: true });
    expect(requests).toBe(2);
  });

  it('asks again for a key that is named, although one without a name is there', async () => {
    const nameless = { ...jwkOf(second), kid: undefined };
    body = JSON.stringify({ keys: [jwkOf(first), nameless] });
    const source = await open();
    expect(await check({ ...second, kid: 'any' }, source)).toMatchObject({ ok: true });
    const third = makeSigner('third');
    body = JSON.stringify({ keys: [jwkOf(first), nameless, jwkOf(third)] });
    clock += 30_000;
    expect(await check(third, source)).toMatchObject({ ok: true });
    expect(requests).toBe(2);
  });

  it('verifies with the secrets of a set that has nothing else', async () => {
    const secret = 'a secret of more than thirty-two bytes';
    body = JSON.stringify({ keys: [{ kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 's' }] });
    const token = jsonwebtoken.sign({}, secret, { keyid: 's' });
    const options = { now: () => clock, requireExpiry: false };
    expect(await verifyToken(token, await open(), options, { values: {} })).toMatchObject({ ok: true });
  });

  it('forgets a key that was taken away, when the keys are refreshed', async () => {
    const source = await open();
    await check(first, source);
    serve(second);
    clock += 600_000;
    // The answer does not wait for the refresh.
    expect(await check(first, source)).toMatchObject({ ok: true });
    await source.refresh();
    expect(await check(first, source)).toMatchObject({ reason: 'unknown_key' });
    expect(await check(second, source)).toMatchObject({ ok: true });
    expect(requests).toBe(2);
  });

  it('asks once for a storm of unknown keys', async () => {
    const source = await open();
    await check(first, source);
    clock += 30_000;
    const strangers = Array.from({ length: 50 }, (_, i) => check({ ...second, kid: `unknown-${i}` }, source));
    expect(new Set((await Promise.all(strangers)).map((verdict) => !verdict.ok && verdict.reason))).toEqual(
      new Set(['unknown_key']),
    );
    expect(requests).toBe(2);
  });

  it('uses its present keys while the source is down, but no longer than allowed', async () => {
    const source = await open({ maxStale: 3_600_000 });
    await check(first, source);
    await stop();
    for (let minute = 0; minute < 59; minute += 10) {
      clock += 600_000;
      if (minute < 50) expect(await check(first, source)).toMatchObject({ ok: true });
      await source.refresh();
    }
    expect(problems.at(-1)).toMatch(/^no usable answer from 127\.0\.0\.1:\d+: ECONNREFUSED$/);
    await expect(check(first, source)).rejects.toMatchObject({ code: 'lookup_failed' });
    await listen(Number(new URL(url).port));
    clock += 30_000;
    expect(await check(first, source)).toMatchObject({ ok: true });
  });

  it('does not take a stranger for a failure while the source is down', async () => {
    const source = await open();
    await check(first, source);
    clock += 30_000;
    status = 500;
    expect(await check(second, source)).toEqual({ ok: false, reason: 'unknown_key' });
    expect(problems).toEqual([expect.stringMatching(/HTTP status 500/)]);
  });

  it('starts without the source, asks again soon, then less and less often', async () => {
    status = 503;
    const source = await open();
    const asked: number[] = [];
    for (let second = 0; second <= 70; second++) {
      const before = requests;
      await expect(check(first, source)).rejects.toMatchObject({ code: 'lookup_failed' });
      if (requests > before) asked.push(second);
      clock += 1000;
    }
    expect(asked).toEqual([0, 1, 3, 7, 15, 31, 61]);
    status = 200;
    clock += 30_000;
    expect(await check(first, source)).toMatchObject({ ok: true });
  });

  it.each<[string, () => void, RegExp, Partial<JwksOptions>?]>([
    [
      'is not JSON',
      () => {
        body = '<html>';
      },
      /not JSON/,
    ],
    [
      'is no JWK Set',
      () => {
        body = '{}';
      },
      /not a JWK Set/,
    ],
    [
      'is too large',
      () => {
        body = JSON.stringify({ keys: [], more: 'x'.repeat(2_000_000) });
      },
      /RESPONSE_TOO_LARGE/,
    ],
    [
      'has too many keys',
      () => {
        body = JSON.stringify({ keys: Array(1001).fill(jwkOf(first)) });
      },
      /more than 1000 keys/,
    ],
    [
      'is a redirect',
      () => {
        status = 302;
      },
      /HTTP status 302/,
    ],
    [
      'comes too late',
      () => {
        delay = 3000;
      },
      /in time/,
      { timeout: 500 },
    ],
    [
      'is of a server that is not trusted',
      () => {},
      /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED|UNABLE_TO_GET/,
      { ca: undefined as never },
    ],
  ])('keeps its present keys if the answer %s', async (_, spoil, message, options) => {
    const source = await open(options);
    if (options?.ca === undefined && options && 'ca' in options) {
      await expect(check(first, source)).rejects.toMatchObject({ code: 'lookup_failed' });
    } else {
      delay = 0;
      await source.refresh();
      spoil();
      await source.refresh();
      expect(await check(first, source)).toMatchObject({ ok: true });
    }
    expect(problems).toEqual([expect.stringMatching(message)]);
  });

  it('is not hurt by a thousand keys', async () => {
    const extra = Array.from({ length: 998 }, (_, i) => ({ ...jwkOf(second), kid: `extra-${i}` }));
    body = JSON.stringify({ keys: [...extra, jwkOf(first), jwkOf(second)] });
    const source = await open();
    expect(await check(first, source)).toMatchObject({ ok: true });
    expect(source.state.size).toBe(1000);
    // Without a key id there are too many to try.
    const token = jsonwebtoken.sign({}, first.privateKey, { algorithm: 'ES256', noTimestamp: true });
    expect(
      await verifyToken(token, source, { now: () => clock, requireExpiry: false }, { values: {} }),
    ).toEqual({ ok: false, reason: 'unknown_key' });
  });

  it("waits no longer than its caller's deadline", async () => {
    delay = 300;
    const source = await open();
    await expect(check(first, source, AbortSignal.timeout(20))).rejects.toMatchObject({
      code: 'lookup_timeout',
    });
    expect(await check(first, source)).toMatchObject({ ok: true });
    expect(requests).toBe(1);
  });

  it.each([
    [{ url: 'file:///keys' }, /must be an http/],
    [{ url: 'keys' }, /must be an http/],
    [{ algorithms: ['HS1'] }, /HS1 cannot be used/],
    [{ algorithms: ['none'] }, /none cannot be used/],
  ])('refuses %j', async (options, message) => {
    await expect(open(options)).rejects.toThrow(message);
  });
});
