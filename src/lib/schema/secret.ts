/** A secret of the configuration: as it stands, in an environment variable, or in a file. */
import * as z from 'zod';
import { findVariableReference, findVariableWithin } from '../variable-reference.ts';
import { expects, section, text } from './builders.ts';
import { path } from './files.ts';
import { alternatives } from './walk.ts';

const write = '{ env: NAME } or { file: PATH }, or the text itself';

const FromEnvironment = section(() => ({
  env: text('the name of a variable', 'the name of an environment variable').describe(
    'The environment variable that holds it.',
  ),
}));

const FromFile = section(() => ({
  file: path('./secret').describe(
    'The file that holds it, relative to the configuration file; a line break at its end is left out.',
  ),
}));

/**
 * Text in the file itself is readable by whoever may read the configuration, and ends up in backups and
 * repositories: the other two forms are there to keep it out.
 */
export function secret(noun: string) {
  return secretBut(noun, findVariableReference, (name) => `write { env: ${name} }`);
}

/** The value of a header: text may stand before the secret, and so before a reference that nothing expands. */
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
      const message = `refers to the variable ${name}, and nothing fills it in here; ${advise(name)}, or { file: PATH } if that text is the secret itself`;
      context.addIssue({ code: 'custom', message });
    });
}

/** The paths of the values that may be secrets, with dots; a `*` stands for every key of a mapping. */
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

/** Where a secret comes from. */
export type Secret = string | { readonly env: string } | { readonly file: string };
