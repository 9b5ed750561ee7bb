/** TLS and mTLS: certificates from files that may change while connections live. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { PeerCertificate, SecureContextOptions, Server, TLSSocket, TlsOptions } from 'node:tls';
import { createSecureContext } from 'node:tls';

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
  let { cert } = secrets;
  return {
    options: {
      ...secrets,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['h2', 'http/1.1'],
      requestCert: files.clientCa !== undefined,
      rejectUnauthorized: files.clientCa !== undefined,
    },
    get expiry() {
      return findExpiry(String(cert));
    },
    findPeerProblem: (socket) => findNameProblem(socket, files.clientNames),
    follow: (server) => servers.push(server),
    async reload() {
      const fresh = await readSecrets(files);
      cert = fresh.cert;
      for (const server of servers) server.setSecureContext({ ...fresh, minVersion: 'TLSv1.2' });
    },
  };
}

async function readSecrets(files: TlsFiles): Promise<SecureContextOptions> {
  const secrets: SecureContextOptions = {
    cert: await readPem('listen.tls.cert', files.cert),
    key: await readPem('listen.tls.key', files.key),
    ...(files.clientCa === undefined ? {} : { ca: await readPem('listen.tls.clientCa', files.clientCa) }),
  };
  try {
    createSecureContext(secrets);
  } catch (cause) {
    throw new Error(`listen.tls: certificate and key do not fit, or are not PEM (${codeOf(cause)})`, {
      cause,
    });
  }
  return secrets;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Brokers that check us refuse a chain when one of its certificates has ended. */
export function findExpiry(pem: string): number {
  const ends = (pem.match(CERTIFICATE) ?? []).map((text) => Date.parse(new X509Certificate(text).validTo));
  return Math.min(...ends);
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
