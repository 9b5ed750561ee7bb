/** Keys from a JWK Set behind HTTPS, in the built server. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import jsonwebtoken from 'jsonwebtoken';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { until } from '../support/servers/process.ts';
import { Certificates } from './support/certificates.ts';
import { login } from './support/policy.ts';
import { serverOf } from './support/policy-server.ts';
import { temporaryDirectory } from './support/program.ts';

interface Key {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const keyOf = (kid: string): Key => ({ kid, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) });
const tokenOf = ({ kid, privateKey }: Key, keyid = kid) =>
  jsonwebtoken.sign({ sub: 'meter' }, privateKey, { algorithm: 'ES256', expiresIn: '1h', keyid });
const jwkOf = ({ kid, publicKey }: Key) => ({
  ...publicKey.export({ format: 'jwk' }),
  kid,
  use: 'sig',
  alg: 'ES256',
});

/** A source of keys whose answer the test changes. */
class Source {
  keys: readonly Key[] = [];
  /** The answer instead of the keys. */
  instead: ((response: import('node:http').ServerResponse) => void) | undefined;
  requests = 0;
  url = '';
  readonly certificates: Certificates;
  #server: https.Server | undefined;

  constructor() {
    this.certificates = new Certificates(temporaryDirectory());
    this.certificates.authority('ca');
    this.certificates.authority('other');
    this.certificates.sign('ca', 'server');
    onTestFinished(() => this.close());
  }

  async open(port?: number): Promise<void> {
    const tls = { cert: this.certificates.read('server.pem'), key: this.certificates.read('server.key') };
    const at = port ?? (await freePort());
    this.#server = https.createServer(tls, (_request, response) => {
      this.requests++;
      if (this.instead !== undefined) return this.instead(response);
      response.end(JSON.stringify({ keys: this.keys.map(jwkOf) }));
    });
    await new Promise<void>((resolve) => this.#server?.listen(at, '127.0.0.1', resolve));
    this.url = `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}/keys`;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

async function aSource(...keys: Key[]): Promise<Source> {
  const source = new Source();
  source.keys = keys;
  await source.open();
  return source;
}

async function serverWith(source: Source, jwks: object = {}, more: object = {}) {
  const { broker, server } = await serverOf(
    {
      authenticate: {
        methods: [
          { jwt: { jwks: { url: source.url, ca: 'ca.pem', cooldown: '10ms', timeout: '1s', ...jwks } } },
        ],
        ...more,
      },
      log: { level: 'debug' },
    },
    {
      'ca.pem': source.certificates.read('ca.pem').toString(),
      'other.pem': source.certificates.read('other.pem').toString(),
    },
  );
  const enter = (key: Key, keyid?: string) =>
    login(broker, { clientid: 'm', username: 'u', password: tokenOf(key, keyid) });
  return { server, enter };
}

let a: Key;
let b: Key;
beforeAll(() => {
  [a, b] = [keyOf('a'), keyOf('b')];
});

describe('a JWK Set behind HTTPS', () => {
  it('lets those in whose key is in it', async () => {
    const { enter } = await serverWith(await aSource(a));
    expect(await enter(a)).toBe(true);
    expect(await enter(b)).toBe(false);
    // Signed by another key under the name of a known one.
    expect(await enter(b, 'a')).toBe(false);
  });

  it('may change its keys: new ones are accepted with the first token, old ones are not', async () => {
    const source = await aSource(a);
    const { enter } = await serverWith(source);
    expect(await enter(a)).toBe(true);
    source.keys = [a, b];
    await until('the new key', async () => (await enter(b)) === true);
    expect(await enter(a)).toBe(true);
    source.keys = [b];
    // A key that is not known makes the server look again.
    await until('the old key to be gone', async () => {
      await enter(keyOf('unknown'));
      return (await enter(a)) === false;
    });
    expect(await enter(b)).toBe(true);
  });

  it('may go away: its keys are used on, and followed when it is back', async () => {
    const source = await aSource(a);
    const { server, enter } = await serverWith(source, { maxAge: '1ms' });
    expect(await enter(a)).toBe(true);
    source.close();
    await until('the failure to be logged', async () => {
      expect(await enter(a)).toBe(true);
      return server.log.some(({ message }) =>
        /no usable answer from 127\.0\.0\.1:\d+: ECONNREFUSED/.test(message),
      );
    });
    expect(await enter(b)).toBe(false);
    source.keys = [a, b];
    await source.open(source.port);
    await until('the new key', async () => (await enter(b)) === true);
  });

  it('that is away for longer than maxStale is a failure, and onError decides', async () => {
    const source = await aSource(a);
    const { enter } = await serverWith(source, { maxAge: '1ms', maxStale: '500ms' }, { onError: 'error' });
    await until('a login', async () => (await enter(a)) === true);
    source.close();
    await until('a failure', async () => /^status 14: /.test(String(await enter(a))));
  });

  it('that was never there is a failure until it is', async () => {
    const source = await aSource(a);
    source.close();
    const { enter } = await serverWith(source, {}, { onError: 'error' });
    expect(await enter(a)).toMatch(/^status 14: /);
    await source.open(source.port);
    await until('a login', async () => (await enter(a)) === true);
  });

  it('may contain a thousand keys, and no more', async () => {
    // The keys' names differ; making a thousand pairs would take long.
    const many = (count: number) => Array.from({ length: count }, (_, i) => ({ ...b, kid: `key-${i}` }));
    const source = await aSource(...many(999), a);
    const { server, enter } = await serverWith(source, { timeout: '4s' });
    expect(await enter(a)).toBe(true);
    expect(await enter(b, 'key-998')).toBe(true);
    expect(await enter(b, 'key-999')).toBe(false);
    source.keys = [...many(1000), b];
    await until('the larger set to be refused', async () => {
      await enter(b);
      return server.log.some(({ message }) => /more than 1000 keys/.test(message));
    });
    // The set read before stays in use.
    expect(await enter(a)).toBe(true);
  });

  it.each<[string, (response: import('node:http').ServerResponse) => void]>([
    ['silent', () => {}],
    ['failing', (response) => void response.writeHead(503).end('SECRET-BODY')],
    ['no JSON', (response) => void response.end('<html>SECRET-BODY</html>')],
    ['no key set', (response) => void response.end('{"SECRET-BODY":1}')],
    ['endless', (response) => void response.end(Buffer.alloc(2_000_000, 'SECRET-BODY'))],
    ['elsewhere', (response) => void response.writeHead(302, { location: 'https://example.org/' }).end()],
    ['hanging up', (response) => void response.destroy()],
  ])('that is %s admits nobody, and the log says why without quoting it', async (_, instead) => {
    const source = await aSource(a);
    source.instead = instead;
    const { server, enter } = await serverWith(source, { timeout: '200ms' });
    expect(await enter(a)).toBe(false);
    await server.logged(/127\.0\.0\.1:\d+|key set/);
    expect(server.stderr.text).not.toContain('SECRET-BODY');
    source.instead = undefined;
    await until('a login', async () => (await enter(a)) === true);
  });

  it('is not believed when another authority has signed for it', async () => {
    const source = await aSource(a);
    const { server, enter } = await serverWith(source, { ca: 'other.pem' });
    expect(await enter(a)).toBe(false);
    await server.logged(/no usable answer from 127\.0\.0\.1:\d+: .*(CERT|SIGNATURE|ISSUER)/);
    expect(source.requests).toBe(0);
  });

  it('is asked once for many logins', async () => {
    const source = await aSource(a);
    const { enter } = await serverWith(source, { timeout: '4s', cooldown: '1m' });
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => enter(a)));
    expect(new Set(verdicts)).toEqual(new Set([true]));
    expect(source.requests).toBe(1);
  });
});
