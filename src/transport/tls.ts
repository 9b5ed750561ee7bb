/** TLS and mTLS: certificates from files that may change while connections live. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { PeerCertificate, SecureContextOptions, Server, TLSSocket, TlsOptions } from 'node:tls';
import { createSecureContext } from 'node:tls';
import { findChanged, settle } from '../lib/settle.ts';

export interface TlsFiles {
  /** Paths of PEM files. */
  readonly cert: string;
  readonly key: string;
  /** Certificates that sign brokers' certificates; a broker without a valid one is refused in the handshake. */
  readonly clientCa?: string | undefined;
  /** Subject common names or alternative names a broker's certificate must have one of. */
  readonly clientNames?: readonly string[] | undefined;
}

export interface TlsSettings {
  readonly options: TlsOptions;
  /** When the first certificate of the chain in use ends, in milliseconds since 1970. */
  readonly expiry: number;
  /** What is in use of a file, as text: only another text is news. */
  textOf(setting: 'cert' | 'key' | 'clientCa'): string;
  /** Why a peer may not come in although its certificate is valid, or `undefined`. */
  findPeerProblem(socket: TLSSocket): string | undefined;
  /** Gives this server every certificate that is loaded from now on. */
  follow(server: Server): void;
  /**
   * Reads the files again. Connections that live keep what they have.
   *
   * @throws when a file cannot be read or is not what it should be; the old certificates stay.
   */
  reload(): Promise<void>;
}

/** @throws when a file cannot be read or is not a certificate or key that fit; the text names the setting. */
export async function loadTls(files: TlsFiles): Promise<TlsSettings> {
  const servers: Server[] = [];
  const secrets = await readSecrets(files);
  let inUse = secrets;
  return {
    options: {
      ...secrets,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['h2', 'http/1.1'],
      requestCert: files.clientCa !== undefined,
      rejectUnauthorized: files.clientCa !== undefined,
    },
    get expiry() {
      return findExpiry(String(inUse.cert));
    },
    textOf: (setting) => String(setting === 'clientCa' ? inUse.ca : inUse[setting]),
    findPeerProblem: (socket) => findNameProblem(socket, files.clientNames),
    follow: (server) => servers.push(server),
    async reload() {
      const fresh = await readSettled(files);
      inUse = fresh;
      for (const server of servers) server.setSecureContext({ ...fresh, minVersion: 'TLSv1.2' });
    },
  };
}

/** How often the files are read anew because one has changed meanwhile. */
const MAX_TRIES = 10;

/** Not while one of them is being written: the first half of an authority's certificates refuses half of the brokers. */
async function readSettled(files: TlsFiles): Promise<SecureContextOptions> {
  const { cert, key, clientCa } = files;
  for (let tries = 1; ; tries++) {
    const stamps = await settle([cert, key, ...(clientCa === undefined ? [] : [clientCa])]);
    const secrets = await readSecrets(files);
    const changed = await findChanged(stamps);
    if (changed === undefined) return secrets;
    if (tries === MAX_TRIES) throw new Error(`listen.tls: ${changed} changed while it was read`);
  }
}

async function readSecrets(files: TlsFiles): Promise<SecureContextOptions> {
  const cert = await readPem('listen.tls.cert', files.cert);
  const ca = files.clientCa === undefined ? undefined : await readPem('listen.tls.clientCa', files.clientCa);
  const secrets: SecureContextOptions = {
    cert,
    key: await readPem('listen.tls.key', files.key),
    ...(ca === undefined ? {} : { ca }),
  };
  try {
    createSecureContext(secrets);
  } catch (cause) {
    throw new Error(`listen.tls: certificate and key do not fit, or are not PEM (${codeOf(cause)})`, {
      cause,
    });
  }
  checkCertificates('listen.tls.cert', files.cert, cert);
  if (files.clientCa !== undefined && ca !== undefined)
    checkCertificates('listen.tls.clientCa', files.clientCa, ca);
  return secrets;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Brokers that check us refuse a chain when one of its certificates has ended. */
export function findExpiry(pem: string): number {
  const ends = (pem.match(CERTIFICATE) ?? []).map((text) => Date.parse(new X509Certificate(text).validTo));
  return Math.min(...ends);
}

/**
 * OpenSSL takes a file without a certificate, or with half of one, for a file with fewer of them.
 *
 * @throws Error that names the setting and the file.
 */
function checkCertificates(setting: string, path: string, pem: Buffer): void {
  const text = pem.toString('latin1');
  const begun = text.match(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/g)?.length ?? 0;
  const ended = text.match(/-----END [A-Z0-9 ]*CERTIFICATE-----/g)?.length ?? 0;
  if (begun === 0) throw new Error(`${setting}: ${path} holds no certificate in PEM`);
  if (begun !== ended) throw new Error(`${setting}: ${path} ends within a certificate`);
  for (const certificate of text.match(CERTIFICATE) ?? []) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw new Error(`${setting}: ${path} holds a certificate that cannot be read`, { cause });
    }
  }
}

async function readPem(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Error(`${setting}: cannot read ${path} (${codeOf(cause)})`, { cause });
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}

function findNameProblem(socket: TLSSocket, allowed: readonly string[] | undefined): string | undefined {
  if (allowed === undefined) return undefined;
  const names = namesOf(socket.getPeerCertificate());
  if (names.some((name) => allowed.includes(name))) return undefined;
  return `a client certificate has none of the names in listen.tls.clientNames: its names are ${names.join(', ')}`;
}

/**
 * One alternative name and its kind. Node puts a name in quotes, as JSON does, when it holds something of the
 * list's own: read otherwise, the name "a, DNS:b" would pass for b. Sticky, so that nothing is skipped.
 */
const ALTERNATIVE = /(?:^|, )(?<kind>[^:,"]+):(?<name>"(?:[^"\\]|\\.)*"|[^,"]*)(?=, |$)/gy;
const NAMES = ['DNS', 'IP Address', 'URI', 'email'];

/** The common name and the alternative names of a certificate. */
export function namesOf({ subject, subjectaltname = '' }: Partial<PeerCertificate>): string[] {
  const common = [subject?.CN ?? []].flat();
  const alternative = [...subjectaltname.matchAll(ALTERNATIVE)]
    .filter(({ groups }) => NAMES.includes(groups?.kind ?? ''))
    .map(({ groups }) => unquote(groups?.name ?? ''));
  return [...common, ...alternative].filter((name) => name !== '');
}

function unquote(name: string): string {
  return name.startsWith('"') ? (JSON.parse(name) as string) : name;
}
