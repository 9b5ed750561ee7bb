/** TLS and mTLS with certificates made for the occasion by openssl. */

import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findExpiry, loadTls, type TlsFiles, type TlsSettings } from '../../src/transport/tls.ts';
import { inputs } from '../support/inputs.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';
import { RawClient, RawSocket, until } from './raw-client.ts';
import { startTestServer, type TestServer, testedHttp2 } from './server-support.ts';

const connected = rpcFor('client.connected');
const message = requestOf(connected, inputs()['client.connected']);

let directory: string;
const file = (name: string) => join(directory, name);
const pem = (name: string) => readFileSync(file(name));
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function makeCa(name: string): void {
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.crt`,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
  );
}

function makeCertificate(name: string, ca: string, subject: string, alternative: string, days = '2'): void {
  openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
  writeFileSync(file(`${name}.ext`), `subjectAltName=${alternative}\n`);
  const signing = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', days];
  openssl('x509', '-req', '-in', `${name}.csr`, ...signing, '-extfile', `${name}.ext`, '-out', `${name}.crt`);
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'exhook-tls-'));
  makeCa('ca');
  makeCa('other-ca');
  makeCertificate('first', 'ca', '/CN=first', 'IP:127.0.0.1');
  makeCertificate('second', 'ca', '/CN=second', 'IP:127.0.0.1');
  makeCertificate('short', 'ca', '/CN=short', 'IP:127.0.0.1', '1');
  makeCertificate('broker', 'ca', '/CN=broker-1', 'DNS:broker.example,URI:spiffe://example/broker');
  makeCertificate('stranger', 'other-ca', '/CN=broker-1', 'DNS:broker.example');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The files a server reads, which a test may change. */
let files: TlsFiles;
function install(name: string): void {
  copyFileSync(file(`${name}.crt`), files.cert);
  copyFileSync(file(`${name}.key`), files.key);
}
beforeEach(() => {
  files = { cert: file('server.crt'), key: file('server.key') };
  install('first');
  copyFileSync(file('ca.crt'), file('clients.crt'));
});

interface Running {
  readonly server: TestServer;
  readonly tls: TlsSettings;
}

async function withServer(
  use: (running: Running) => Promise<void>,
  more: Partial<TlsFiles> = {},
): Promise<void> {
  const tls = await loadTls({ ...files, ...more });
  await using server = await startTestServer({ tls });
  await use({ server, tls });
}

const trusting = () => ({ ca: pem('ca.crt') });
const as = (name: string) => ({ ...trusting(), cert: pem(`${name}.crt`), key: pem(`${name}.key`) });

/** A connection after its handshake. */
function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ...options }, () => resolve(socket));
    socket.on('error', reject);
  });
}

async function statusOf(client: RawClient): Promise<unknown> {
  return (await client.call(connected.path, message)).trailers['grpc-status'];
}

/** The status of a call on its own connection; rejects if the handshake fails. */
async function callAs(server: TestServer, options: object): Promise<unknown> {
  const client = new RawClient(server.url, options);
  try {
    return await statusOf(client);
  } finally {
    await client.close();
  }
}

async function nameServed(port: number): Promise<string | undefined> {
  const socket = await handshake(port, trusting());
  const name = socket.getPeerCertificate().subject.CN as string;
  socket.destroy();
  return name;
}

describe('the end of a certificate', () => {
  const endOf = (name: string) => Date.parse(new X509Certificate(pem(`${name}.crt`)).validTo);

  it('belongs to the certificate in use, also after a change', () =>
    withServer(async ({ tls }) => {
      expect(tls.expiry).toBe(endOf('first'));
      install('short');
      await tls.reload();
      expect(tls.expiry).toBe(endOf('short'));
      expect(endOf('short')).toBeLessThan(endOf('first'));
    }));

  it('belongs to the first certificate of its chain that expires', () => {
    expect(findExpiry(`${pem('first.crt')}${pem('short.crt')}${pem('ca.crt')}`)).toBe(endOf('short'));
  });
});

describe('a port with TLS', () => {
  it('serves gRPC to a client that trusts its certificate', () =>
    withServer(async ({ server }) => {
      expect(await callAs(server, trusting())).toBe('0');
    }));

  it('lets its connections go', () =>
    withServer(async ({ server }) => {
      const client = new RawClient(server.url, trusting());
      expect(await statusOf(client)).toBe('0');
      const goaway = once(client.session, 'goaway');
      await server.listener.drain(60_000);
      const [code, lastStream] = await goaway;
      // The first of two steps refuses nothing; node:http2 has one only.
      expect([code, lastStream]).toStrictEqual([0, testedHttp2 === 'own' ? 2 ** 31 - 1 : 1]);
      await client.close();
    }));

  it.each([
    ['h2', ['h2', 'http/1.1']],
    ['http/1.1', ['http/1.1']],
  ])('chooses %s when the client offers %s', (chosen, ALPNProtocols) =>
    withServer(async ({ server }) => {
      const socket = await handshake(server.port, { ...trusting(), ALPNProtocols });
      expect(socket.alpnProtocol).toBe(chosen);
      socket.destroy();
    }),
  );

  it('ends a connection that was agreed to speak HTTP/2 and speaks HTTP/1.1, without an answer in that', () =>
    withServer(async ({ server }) => {
      const socket = await handshake(server.port, { ...trusting(), ALPNProtocols: ['h2', 'http/1.1'] });
      let received = '';
      socket.on('data', (bytes: Buffer) => {
        received += bytes.toString('latin1');
      });
      socket.on('error', () => {});
      socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await once(socket, 'close');
      expect(received).not.toContain('HTTP/1.1');
    }));

  it('answers HTTP/1.1', () =>
    withServer(async ({ server }) => {
      const status = await new Promise((resolve, reject) => {
        const sent = request(`${server.url}/healthz`, { ...trusting(), agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject).end();
      });
      expect(status).toBe(200);
    }));

  it('speaks TLS 1.2 and 1.3, and nothing older', () =>
    withServer(async ({ server }) => {
      for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
        const socket = await handshake(server.port, {
          ...trusting(),
          minVersion: version,
          maxVersion: version,
        });
        expect(socket.getProtocol()).toBe(version);
        socket.destroy();
      }
      // The client must be talked into it: OpenSSL would not even ask by default.
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await expect(handshake(server.port, { ...trusting(), ...old })).rejects.toThrow(/protocol version/i);
      await until(() => server.refusals.length > 0);
      expect(server.refusals[0]).toMatch(/^TLS handshake failed: /);
    }));

  it('refuses cleartext, and the operator reads what to do', () =>
    withServer(async ({ server }) => {
      for (const bytes of [
        'GET /healthz HTTP/1.1\r\nhost: here\r\n\r\n',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      ]) {
        const socket = new RawSocket(server.port);
        await socket.write(bytes);
        await socket.closed;
      }
      await until(() => server.refusals.length >= 2);
      const sentence =
        'a client spoke cleartext to a TLS port: use https:// in the URL of the broker, or remove listen.tls';
      expect(server.refusals).toStrictEqual([sentence, sentence]);
      expect(await callAs(server, trusting())).toBe('0');
    }));
});

describe('a port with clientCa', () => {
  const mutual = () => ({ clientCa: file('ca.crt') });

  it('serves a broker with a certificate of that authority', () =>
    withServer(async ({ server }) => {
      expect(await callAs(server, as('broker'))).toBe('0');
    }, mutual()));

  it.each([
    ['without a certificate', trusting],
    ['with a certificate of another authority', () => as('stranger')],
  ])('lets a broker %s no further than the handshake', (_what, options) =>
    withServer(async ({ server }) => {
      await expect(callAs(server, options())).rejects.toThrow();
      // In TLS 1.2 the client gets the error within the handshake, which then fails on its side too.
      await expect(handshake(server.port, { ...options(), maxVersion: 'TLSv1.2' })).rejects.toThrow();
      await until(() => server.refusals.length >= 2);
      expect(server.runtime.calls).toHaveLength(0);
      expect(server.listener.connections.size).toBe(0);
      expect(await callAs(server, as('broker'))).toBe('0');
    }, mutual()),
  );

  it.each([
    ['common name', 'broker-1'],
    ['DNS name', 'broker.example'],
    ['URI', 'spiffe://example/broker'],
  ])('and clientNames serves a broker by its %s', (_what, name) =>
    withServer(
      async ({ server }) => {
        expect(await callAs(server, as('broker'))).toBe('0');
        expect(server.refusals).toStrictEqual([]);
      },
      { ...mutual(), clientNames: ['somebody-else', name] },
    ),
  );

  it('and clientNames refuses a broker of another name, and says which names it has', () =>
    withServer(
      async ({ server }) => {
        await expect(callAs(server, as('broker'))).rejects.toThrow();
        await until(() => server.refusals.length > 0);
        expect(server.refusals[0]).toBe(
          'a client certificate matches no name in listen.tls.clientNames: its names are broker-1, broker.example, spiffe://example/broker',
        );
        expect(server.runtime.calls).toHaveLength(0);
      },
      { ...mutual(), clientNames: ['broker', 'example', 'DNS:broker.example'] },
    ));
});

describe('certificates that are read again', () => {
  it('are given to new connections, while old ones live on', () =>
    withServer(async ({ server, tls }) => {
      const old = new RawClient(server.url, trusting());
      expect(await statusOf(old)).toBe('0');
      expect(await nameServed(server.port)).toBe('first');
      install('second');
      await tls.reload();
      expect(await nameServed(server.port)).toBe('second');
      expect(await statusOf(old)).toBe('0');
      expect(await callAs(server, trusting())).toBe('0');
      await old.close();
    }));

  it.each([
    [
      'is no PEM',
      () => writeFileSync(files.cert, 'half a cert'),
      /^listen\.tls: certificate and key do not match/,
    ],
    [
      'is of another key',
      () => copyFileSync(file('second.key'), files.key),
      /^listen\.tls: certificate and key do not match/,
    ],
    ['is gone', () => rmSync(files.cert), /^listen\.tls\.cert: cannot read .*server\.crt \(ENOENT\)$/],
  ])('keep the old ones when a file %s', (_what, spoil, problem) =>
    withServer(async ({ server, tls }) => {
      spoil();
      await expect(tls.reload()).rejects.toThrow(problem);
      expect(await nameServed(server.port)).toBe('first');
      expect(await callAs(server, trusting())).toBe('0');
    }),
  );

  it('still ask for the certificate of a broker, of the authority that is in the file now', () =>
    withServer(
      async ({ server, tls }) => {
        expect(await callAs(server, as('broker'))).toBe('0');
        copyFileSync(file('other-ca.crt'), file('clients.crt'));
        await tls.reload();
        await expect(callAs(server, as('broker'))).rejects.toThrow();
        await expect(callAs(server, trusting())).rejects.toThrow();
        expect(await callAs(server, as('stranger'))).toBe('0');
        const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
        await expect(handshake(server.port, { ...as('stranger'), ...old })).rejects.toThrow(
          /protocol version/i,
        );
      },
      { clientCa: file('clients.crt') },
    ));
});
