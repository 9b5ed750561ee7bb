/** A secret in the configuration: as plain text, in an environment variable, or in a file. */
import * as z from 'zod';
import { findVariableReference, findVariableWithin } from '../variable-reference.ts';
import { expects, section, text } from './builders.ts';
import { path } from './files.ts';
import { alternatives } from './walk.ts';

const write = '{ env: NAME } or { file: PATH }, or the text itself';

const FromEnvironment = section(() => ({
  env: text('the name of a variable', 'the name of an environment variable').describe(
    'The environment variable with the secret.',
  ),
}));

const FromFile = section(() => ({
  file: path('./secret').describe(
    'The file with the secret, relative to the configuration file; a line break at its end is stripped.',
  ),
}));

/**
 * Plain text is readable by everyone who can read the configuration, and ends up in backups and repositories:
 * the other two forms avoid that.
 */
export function secret(noun: string) {
  return secretBut(noun, findVariableReference, (name) => `write { env: ${name} }`);
}

/** The value of a header: text may precede the secret, and so a reference that is never expanded. */
export function headerSecret(noun: string) {
  return secretBut(
    noun,
    findVariableWithin,
    () => 'put the whole value into a variable and write { env: NAME }',
  );
}

function secretBut(
  noun: string,
  find: (text: string) => string | undefined,
  advise: (name: string) => string,
) {
  return z
    .union([text(noun, write), FromEnvironment, FromFile], { error: expects(noun, write) })
    .superRefine((value, context) => {
      const name = typeof value === 'string' ? find(value) : undefined;
      if (name === undefined) return;
      const message = `refers to the variable ${name}, which is not expanded here; ${advise(name)}, or { file: PATH } if that text is the secret itself`;
      context.addIssue({ code: 'custom', message });
    });
}

/** Returns the paths of values that may be secrets, with dots; `*` stands for every key of a mapping. */
export function findSecrets(schema: z.core.$ZodType, path: readonly string[] = []): readonly string[] {
  const types = alternatives(schema);
  if (types.some((type) => isReference(type))) return [path.join('.')];
  return types.flatMap((type) => {
    if (type instanceof z.ZodRecord) return findSecrets(type.valueType, [...path, '*']);
    if (!(type instanceof z.ZodObject)) return [];
    return Object.entries(type.shape).flatMap(([key, inner]) =>
      findSecrets(inner as z.ZodType, [...path, key]),
    );
  });
}

/** Only a secret may be `{ env: NAME }`. */
function isReference(type: z.core.$ZodType): boolean {
  return type instanceof z.ZodObject && Object.keys(type.shape).join() === 'env';
}

/** The source of a secret. */
export type Secret = string | { readonly env: string } | { readonly file: string };
