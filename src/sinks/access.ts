/** What most sinks need before they can connect. */
import type { Secret } from '../lib/schema/secret.ts';
import { readSecret } from '../lib/secret.ts';
import type { SinkWorld } from './sink.ts';
import { readSinkTls, type TlsClientOptions } from './tls.ts';
import type { SinkTls } from './tls-section.ts';

export interface Access<Library> {
  /** The client library. */
  readonly library: Library;
  /** Nothing when none is configured. */
  readonly password: string | undefined;
  /** Nothing when the connection is not encrypted. */
  readonly tls: TlsClientOptions | undefined;
}

/**
 * Loads a client library, and reads the password and the files of TLS meanwhile: once, when the sink is opened.
 *
 * @param library the import of the client library, already begun.
 * @throws TypeError when a secret or a certificate cannot be read or used.
 */
export async function prepareAccess<Library>(
  library: Promise<Library>,
  { password, tls }: { readonly password?: Secret | undefined; readonly tls?: SinkTls | undefined },
  { env }: Pick<SinkWorld, 'env'>,
): Promise<Access<Library>> {
  const read = await Promise.all([
    library,
    password === undefined ? undefined : readSecret(password, env),
    readSinkTls(tls),
  ]);
  return { library: read[0], password: read[1], tls: read[2] };
}
