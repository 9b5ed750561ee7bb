/** The built server with certificates: TLS, mTLS, and files that are replaced while calls run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readRecording } from '../support/recordings.ts';
import { aBroker } from './support/broker.ts';
import { Certificates } from './support/certificates.ts';
import { hurried, type RunningServer, run, startServer } from './support/program.ts';
import { sendBytes } from './support/raw.ts';

const connected = readRecording('emqx-5.10.3').find(({ path }) => path.endsWith('/OnClientConnected'));
if (connected === undefined) throw new Error('the recording is not complete');

const files = new Certificates(mkdtempSync(join(tmpdir(), 'exhook-tls-')));
afterAll(() => rmSync(files.directory, { recursive: true }));

beforeAll(() => {
  files.authority('authority');
  files.authority('brokers');
  files.authority('strangers');
  files.sign('authority', 'first', 'first.example');
  files.sign('authority', 'second', 'second.example');
  files.sign('brokers', 'broker', 'emqx.example');
  files.sign('brokers', 'other', 'other.example');
  files.sign('strangers', 'stranger', 'emqx.example');
});

beforeEach(() => files.replace('server', 'first'));

/** Paths in a configuration file are relative to it. */
function configure(...lines: string[]): string {
  const path = files.path('exhook.yaml');
  const tls = ['    cert: ./server.pem', '    key: server.key', ...lines.map((line) => `    ${line}`)];
  writeFileSync(path, `listen:\n  tls:\n${tls.join('\n')}\n`);
  return path;
}

const startTls = async (...lines: string[]): Promise<RunningServer> =>
  await startServer(['--config', configure(...lines)]);

/** Its files are looked at every tenth of a second. */
const startHurried = async (): Promise<RunningServer> =>
  await startServer(['--config', configure()], { env: hurried });

function trusting(client?: string): ChannelCredentials {
  if (client === undefined) return credentials.createSsl(files.read('authority.pem'));
  return credentials.createSsl(
    files.read('authority.pem'),
    files.read(`${client}.key`),
    files.read(`${client}.pem`),
  );
}

/** An address is not a valid SNI name. */
const named = { 'grpc.ssl_target_name_override': 'localhost' };

/** A call on its own connection, without retries. */
async function callOnce(server: RunningServer, secure: ChannelCredentials) {
  const broker = aBroker(server.url, secure, {
    'grpc.initial_reconnect_backoff_ms': 60_000,
    ...named,
  });
  return await broker.send(connected as NonNullable<typeof connected>);
}

/** The common name of the certificate that a new connection is shown. */
function nameShown(server: RunningServer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false });
    onTestFinished(() => void socket.destroy());
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
  });
}

describe('TLS', () => {
  it('is spoken when certificates are configured, and said in the log', async () => {
    const server = await startTls();
    expect(server.url).toMatch(/^https:/);
    expect((await callOnce(server, trusting())).status).toBe(0);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
    expect(server.stdout.lines).toHaveLength(1);
  });

  it('refuses cleartext, in words, and serves on', async () => {
    const server = await startTls();
    await sendBytes(server.port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    await server.logged(/a client spoke cleartext to a TLS port: use https:\/\/ in the URL of the broker/);
    expect((await callOnce(server, trusting())).status).toBe(0);
  });

  it.each([
    [
      'a certificate that is not there',
      'cert: absent.pem',
      /(^| )listen\.tls\.cert: cannot read .*absent\.pem \(ENOENT\)/,
    ],
    ['a key of another certificate', 'key: broker.key', /(^| )listen\.tls: certificate and key do not match/],
    [
      'a file that is no certificate',
      'cert: extensions',
      /(^| )listen\.tls: certificate and key do not match, or are not PEM/,
    ],
    ['an authority that is not there', 'clientCa: absent.pem', /(^| )listen\.tls\.clientCa: cannot read/],
  ])('with %s does not start', async (_what, line, says) => {
    const [name = ''] = line.split(':');
    const path = configure(...(name === 'clientCa' ? [line] : []));
    if (name !== 'clientCa') {
      const tls = { cert: 'cert: server.pem', key: 'key: server.key', [name]: line };
      writeFileSync(path, `listen:\n  tls:\n    ${tls.cert}\n    ${tls.key}\n`);
    }
    const { code, stderr, stdout } = await run(['--config', path, '--port', '0', '--host', '127.0.0.1']);
    expect([code, stdout]).toStrictEqual([2, '']);
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('mutual TLS', () => {
  it('serves a broker with a valid certificate, and no other', async () => {
    const server = await startTls('clientCa: ./brokers.pem');
    expect((await callOnce(server, trusting('broker'))).status).toBe(0);
    expect((await callOnce(server, trusting('other'))).status).toBe(0);
    expect((await callOnce(server, trusting('stranger'))).status).toBe(14);
    expect((await callOnce(server, trusting())).status).toBe(14);
    await server.logged(/TLS handshake failed/);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
    expect(server.stdout.lines).toHaveLength(2);
  });

  it('with names serves the brokers that have one of them', async () => {
    const server = await startTls('clientCa: ./brokers.pem', 'clientNames: [emqx.example]');
    expect((await callOnce(server, trusting('broker'))).status).toBe(0);
    expect((await callOnce(server, trusting('other'))).status).toBe(14);
    const { message } = await server.logged(/clientNames/);
    expect(message).toContain('other.example');
  });
});

describe('certificates that are replaced while calls run', () => {
  it('are seen by new connections, and cost no call', async () => {
    const server = await startHurried();
    const broker = aBroker(server.url, trusting(), named);
    const statuses: number[] = [];
    let isOver = false;
    const calling = (async () => {
      while (!isOver) statuses.push((await broker.send(connected)).status);
    })();
    expect(await nameShown(server)).toBe('first.example');
    files.replace('server', 'second');
    await server.logged(/the TLS files changed and were reloaded/);
    expect(await nameShown(server)).toBe('second.example');
    expect((await callOnce(server, trusting())).status).toBe(0);
    isOver = true;
    await calling;
    expect(statuses.length).toBeGreaterThan(1);
    expect(new Set(statuses)).toStrictEqual(new Set([0]));
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
    expect(server.stdout.lines).toHaveLength(statuses.length + 1);
  });

  it('are read at once on SIGHUP', async () => {
    const server = await startTls();
    files.replace('server', 'second');
    server.signal('SIGHUP');
    await server.logged(/TLS files .*were reloaded/);
    expect(await nameShown(server)).toBe('second.example');
  });

  it('and are broken stay out: the old one is used, and the log says so', async () => {
    const server = await startHurried();
    writeFileSync(files.path('server.pem'), 'this is no certificate\n');
    const { severity } = await server.logged(
      /listen\.tls: certificate and key do not match.*; the old certificate stays in use/,
    );
    expect(severity).toBe('ERROR');
    expect(await nameShown(server)).toBe('first.example');
    expect((await callOnce(server, trusting())).status).toBe(0);
    files.replace('server', 'second');
    await server.logged(/the TLS files changed and were reloaded/);
    expect(await nameShown(server)).toBe('second.example');
  });

  it('and are gone are reported: the old one is used', async () => {
    const server = await startHurried();
    rmSync(files.path('server.key'));
    await server.logged(/server\.key.*the old certificate stays in use/);
    expect(await nameShown(server)).toBe('first.example');
  });
});
