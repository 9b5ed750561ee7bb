/** Certificates for tests of TLS, made by openssl. */
import { join } from 'node:path';
import { removeDirectory, runToEnd, temporaryDirectory } from './servers/process.ts';

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string;
  /** Of a server on 127.0.0.1 and localhost. */
  readonly server: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Of a client that the same authority has signed. */
  readonly client: { readonly cert: string; readonly key: string };
  /** An authority that has signed nothing here. */
  readonly otherCa: string;
  remove(): Promise<void>;
}

export async function makeCertificates(): Promise<Certificates> {
  const directory = await temporaryDirectory('tls');
  const at = (name: string) => join(directory, name);
  const openssl = (...args: readonly string[]) => runToEnd('openssl', args, { cwd: directory });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

  const authority = (name: string) =>
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.pem`),
    );
  const signed = async (name: string, alternative: string) => {
    await openssl(
      'req',
      '-new',
      ...newKey,
      '-subj',
      `/CN=${name}`,
      '-addext',
      `subjectAltName=${alternative}`,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.csr`),
    );
    await openssl(
      'x509',
      '-req',
      '-in',
      at(`${name}.csr`),
      '-CA',
      at('ca.pem'),
      '-CAkey',
      at('ca.key'),
      '-CAcreateserial',
      '-days',
      '2',
      '-copy_extensions',
      'copy',
      '-out',
      at(`${name}.pem`),
    );
  };
  await authority('ca');
  await authority('other');
  await signed('server', 'IP:127.0.0.1,DNS:localhost');
  await signed('client', 'DNS:client');
  return {
    ca: at('ca.pem'),
    server: { ca: at('ca.pem'), cert: at('server.pem'), key: at('server.key') },
    client: { cert: at('client.pem'), key: at('client.key') },
    otherCa: at('other.pem'),
    remove: () => removeDirectory(directory),
  };
}
