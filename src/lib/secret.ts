import { readFile } from 'node:fs/promises';
import { findVariableReference } from './variable-reference.ts';

/** The source of a secret; see the configuration. */
export type SecretSource = string | { readonly env: string } | { readonly file: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the secret.
 *
 * @throws TypeError that names the variable or the file, never its value.
 */
export async function readSecret(source: SecretSource, env: Environment): Promise<string> {
  if (typeof source === 'string') return source;
  const value = 'env' in source ? env[source.env] : await readText(source.file);
  if (value === undefined || value === '')
    throw new TypeError(
      'env' in source ? `environment variable ${source.env} is not set` : `${source.file} is empty`,
    );
  if ('env' in source && findVariableReference(value) !== undefined)
    throw new TypeError(
      `environment variable ${source.env} refers to another variable, which is not expanded: set it to the secret, or write { file: PATH } if that text is the secret itself`,
    );
  return value;
}

/** @throws as `readSecret` does */
export async function readHeaders(
  headers: Readonly<Record<string, SecretSource>> = {},
  env: Environment,
): Promise<Record<string, string>> {
  const read = Object.entries(headers).map(
    async ([name, value]) => [name, await readSecret(value, env)] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}

/** Strips the line break that editors add at the end of a file. */
async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw new TypeError(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
  }
}
