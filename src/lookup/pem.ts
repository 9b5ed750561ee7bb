import { readSecret } from './secret.ts';

/** The content of a PEM file, when one is named. */
export async function readPem(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : await readSecret({ file: path }, {});
}
