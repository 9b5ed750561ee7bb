/** The TLS options of a sink, in the form of Node and the client libraries. */
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { readPem } from '../lib/pem.ts';
import type { SinkTls } from './tls-section.ts';

export interface TlsClientOptions extends ConnectionOptions {
  /** PEM texts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly minVersion: 'TLSv1.2';
}

/**
 * Reads the files once: a reload of the configuration opens the sink again.
 *
 * @returns undefined if the connection is not encrypted.
 * @throws TypeError if a file cannot be read or is invalid.
 */
export async function readSinkTls(tls: SinkTls | undefined): Promise<TlsClientOptions | undefined> {
  if (tls === undefined || tls === false) return undefined;
  const files = tls === true ? {} : tls;
  const [ca, cert, key] = await Promise.all([files.ca, files.cert, files.key].map(readPem));
  const options: TlsClientOptions = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(files.serverName !== undefined && { servername: files.serverName }),
    minVersion: 'TLSv1.2',
  };
  checkPem(options);
  return options;
}

/** Logged when the sink is opened, not for each connection. */
function checkPem(options: TlsClientOptions): void {
  if (options.ca !== undefined && !/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(options.ca))
    throw new TypeError('tls.ca is not a PEM file: it contains no certificate');
  try {
    createSecureContext(options);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new TypeError(`tls.cert and tls.key do not match, or a file of tls is not PEM (${code})`);
  }
}
