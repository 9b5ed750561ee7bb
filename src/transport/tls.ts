/** TLS and mTLS: certificates from files that may change while connections are open. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { PeerCertificate, SecureContextOptions, Server, TLSSocket, TlsOptions } from 'node:tls';
import { createSecureContext } from 'node:tls';
import { findChanged, settle } from '../lib/settle.ts';

export interface TlsFiles {
  /** Paths of PEM files. */
  readonly cert: string;
  readonly key: string;
  /** CA certificates for brokers' certificates; a broker without a valid one is refused in the handshake. */
  readonly clientCa?: string | undefined;
  /** A broker's certificate must have one of these as subject common name or alternative name. */
  readonly clientNames?: readonly string[] | undefined;
}

export interface TlsSettings {
  readonly options: TlsOptions;
  /** Earliest expiry in the certificate chain in use, in milliseconds since 1970. */
  readonly expiry: number;
  /** Text of the files in use: only a different text counts as a change. */
  textOf(setting: 'cert' | 'key' | 'clientCa'): string;
  /** Returns why a peer with a valid certificate is refused anyway, or `undefined`. */
  findPeerProblem(socket: TLSSocket): string | undefined;
  /** Applies every certificate loaded from now on to this server. */
  follow(server: Server): void;
  /**
   * Reads the files again. Open connections keep their certificates.
   *
   * @throws if a file cannot be read or is invalid; the old certificates stay in use.
   */
  reload(): Promise<void>;
}

/** @throws if a file cannot be read, or certificate and key are invalid or do not match; the text names the setting. */
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

/** Attempts to read files that change meanwhile. */
const MAX_TRIES = 10;

/** Avoids a file that is being written: half of a CA file would refuse half of the brokers. */
async function readSettled(files: TlsFiles): Promise<SecureContextOptions> {
  const { cert, key, clientCa } = files;
  for (let tries = 1; ; tries++) {
    const stamps = await settle([cert, key, ...(clientCa === undefined ? [] : [clientCa])]);
    const secrets = await readSecrets(files);
    const changed = await findChanged(stamps);
    if (changed === undefined) return secrets;
    if (tries === MAX_TRIES) throw new Error(`listen.tls: ${changed} changed while it was being read`);
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
    throw new Error(`listen.tls: certificate and key do not match, or are not PEM (${codeOf(cause)})`, {
      cause,
    });
  }
  checkCertificates('listen.tls.cert', files.cert, cert);
  if (files.clientCa !== undefined && ca !== undefined)
    checkCertificates('listen.tls.clientCa', files.clientCa, ca);
  return secrets;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Brokers that verify this server refuse a chain if any of its certificates has expired. */
export function findExpiry(pem: string): number {
  const ends = (pem.match(CERTIFICATE) ?? []).map((text) => Date.parse(new X509Certificate(text).validTo));
  return Math.min(...ends);
}

/**
 * Checks a PEM file: OpenSSL accepts a file without a certificate, or with half of one, as a file with fewer.
 *
 * @throws Error that names the setting and the file.
 */
function checkCertificates(setting: string, path: string, pem: Buffer): void {
  const text = pem.toString('latin1');
  const begun = text.match(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/g)?.length ?? 0;
  const ended = text.match(/-----END [A-Z0-9 ]*CERTIFICATE-----/g)?.length ?? 0;
  if (begun === 0) throw new Error(`${setting}: ${path} contains no PEM certificate`);
  if (begun !== ended) throw new Error(`${setting}: ${path} ends within a certificate`);
  for (const certificate of text.match(CERTIFICATE) ?? []) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw new Error(`${setting}: ${path} contains an unreadable certificate`, { cause });
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
  return `a client certificate matches no name in listen.tls.clientNames: its names are ${names.join(', ')}`;
}

/**
 * One alternative name and its kind. Node quotes a name, as JSON does, if it contains a character of the list syntax:
 * read naively, the name "a, DNS:b" would pass for b. Sticky, so nothing is skipped.
 */
const ALTERNATIVE = /(?:^|, )(?<kind>[^:,"]+):(?<name>"(?:[^"\\]|\\.)*"|[^,"]*)(?=, |$)/gy;
const NAMES = ['DNS', 'IP Address', 'URI', 'email'];

/** Returns the common name and the alternative names of a certificate. */
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
