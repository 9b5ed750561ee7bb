import { restorePem } from './pem-text.ts';
import { readSecret } from './secret.ts';

/** Reads a PEM file, when one is named. */
export async function readPem(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : restorePem(await readSecret({ file: path }, {}));
}
