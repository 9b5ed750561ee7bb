/** Certificates for tests, made by openssl in a directory that goes with them. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A directory with authorities and the certificates they have signed. */
export class Certificates {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  /** Makes `<name>.pem` and `<name>.key` of an authority. */
  authority(name: string): void {
    this.#openssl(
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${name}`, '-keyout', this.path(`${name}.key`), '-out', this.path(`${name}.pem`)],
    );
  }

  /** Makes `<name>.pem` and `<name>.key` for localhost, signed by an authority. */
  sign(authority: string, name: string, commonName = name): void {
    this.#openssl(
      ...[
        'req',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        `/CN=${commonName}`,
      ],
      ...['-keyout', this.path(`${name}.key`), '-out', this.path(`${name}.csr`)],
    );
    writeFileSync(this.path('extensions'), 'subjectAltName = DNS:localhost, IP:127.0.0.1\n');
    this.#openssl(
      ...['x509', '-req', '-days', '2', '-in', this.path(`${name}.csr`), '-extfile', this.path('extensions')],
      ...['-CA', this.path(`${authority}.pem`), '-CAkey', this.path(`${authority}.key`), '-CAcreateserial'],
      ...['-out', this.path(`${name}.pem`)],
    );
  }

  /** Replaces one certificate and key by another. */
  replace(name: string, by: string): void {
    for (const end of ['key', 'pem']) copyFileSync(this.path(`${by}.${end}`), this.path(`${name}.${end}`));
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}
