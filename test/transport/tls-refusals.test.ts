/** Peers that the handshake refuses, and the log lines for the operator. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTls, namesOf } from '../../src/transport/tls.ts';
import { RawSocket, until } from './raw-client.ts';
import { startTestServer } from './server-support.ts';

let directory: string;
const file = (name: string) => join(directory, name);
const pem = (name: string) => readFileSync(file(name));
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function makeAuthority(name: string): void {
  const out = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
  openssl('req', '-x509', ...newKey, ...out, '-days', '2', '-subj', `/CN=${name}`);
}

function makeCertificate(name: string, authority: string, days: string): void {
  openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  writeFileSync(file(`${name}.ext`), 'subjectAltName=IP:127.0.0.1\n');
  const signing = ['-CA', `${authority}.crt`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', days];
  openssl('x509', '-req', '-in', `${name}.csr`, ...signing, '-extfile', `${name}.ext`, '-out', `${name}.crt`);
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'exhook-refusals-'));
  makeAuthority('ours');
  makeAuthority('theirs');
  makeCertificate('server', 'ours', '2');
  makeCertificate('stranger', 'theirs', '2');
  makeCertificate('expired', 'ours', '-1');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const serverOf = async (limits = {}) => {
  const tls = await loadTls({
    cert: file('server.crt'),
    key: file('server.key'),
    clientCa: file('ours.crt'),
  });
  return await startTestServer({ tls, limits });
};

const credentialsOf = (name: string) => ({ cert: pem(`${name}.crt`), key: pem(`${name}.key`) });

describe('a broker whose certificate is not good', () => {
  it.each([
    ['none', () => ({}), /^client certificate refused: |^TLS handshake failed: .*PEER_DID_NOT_RETURN/],
    ['expired', () => credentialsOf('expired'), /^client certificate refused: CERT_HAS_EXPIRED$/],
    ['of another authority', () => credentialsOf('stranger'), /^client certificate refused: UNABLE_TO/],
  ])('%s gets no byte in, and the operator reads why', async (_what, own, sentence) => {
    await using server = await serverOf();
    const socket = connectTls({ port: server.port, host: '127.0.0.1', ca: pem('ours.crt'), ...own() });
    socket.on('error', () => {});
    socket.write('GET /healthz HTTP/1.1\r\nhost: here\r\n\r\n');
    let heard = '';
    socket.on('data', (bytes) => {
      heard += bytes;
    });
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await until(() => server.refusals.length > 0);
    expect(server.refusals).toStrictEqual([expect.stringMatching(sentence)]);
    expect(heard).toBe('');
  });
});

describe('a connection to a TLS port', () => {
  it.each([
    ['says nothing', ''],
    ['begins a handshake and stops', '16030100c8'],
  ])('that %s is closed when its time is over', async (_what, bytes) => {
    await using server = await serverOf({ bodyTimeout: 100 });
    const socket = new RawSocket(server.port);
    if (bytes !== '') await socket.write(Buffer.from(bytes, 'hex'));
    await socket.closed;
    await until(() => server.refusals.length > 0);
    expect(server.refusals[0]).toMatch(/^TLS handshake failed: /);
  });
});

describe('the names of a certificate', () => {
  it.each([
    [{ subject: { CN: 'one' } }, ['one']],
    [{ subject: { CN: ['one', 'two'] } }, ['one', 'two']],
    [{ subjectaltname: 'DNS:a.example, DNS:b.example' }, ['a.example', 'b.example']],
    [
      { subjectaltname: 'IP Address:127.0.0.1, URI:spiffe://x/y, email:a@b' },
      ['127.0.0.1', 'spiffe://x/y', 'a@b'],
    ],
    [{ subject: { CN: 'one' }, subjectaltname: 'DNS:a' }, ['one', 'a']],
    [{}, []],
  ])('of %j are %j', (certificate, names) => {
    expect(namesOf(certificate as never)).toStrictEqual(names);
  });

  it.each([
    ['DNS:"evil, DNS:broker"', ['evil, DNS:broker']],
    ['DNS:"evil, DNS:broker, x", DNS:real', ['evil, DNS:broker, x', 'real']],
    ['DNS:"a\\", DNS:broker, \\"", DNS:real', ['a", DNS:broker, "', 'real']],
    ['DirName:"CN=x, DNS:broker, O=y", DNS:real', ['real']],
    ['othername:<unsupported>, DNS:real', ['real']],
  ])('are not confused by what a name in %s claims', (subjectaltname, names) => {
    expect(namesOf({ subjectaltname })).toStrictEqual(names);
  });
});
