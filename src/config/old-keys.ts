/** Applies variables and flags of old keys to the new ones; see deprecations.ts. */
import * as z from 'zod';
import type { Deprecation } from './deprecations.ts';
import { findKeyByName } from './find-key.ts';
import type { Given } from './flags.ts';
import { type Key, namesOf } from './key.ts';
import { warningOf } from './migrate-keys.ts';
import type { Problem } from './problem.ts';

/** The current key with the variables and flags of the old one; without a path when it has no successor. */
export interface OldKey extends Key {
  readonly deprecation: Deprecation;
  readonly today: Key | undefined;
}

/** A key without effect. Its former type is unknown: its flag takes a value, like most. */
const nothing = {
  name: '',
  path: [],
  schema: z.string(),
  description: '',
  default: undefined,
  takes: 'text',
} as const;

/**
 * @returns the keys that text can set: keys inside lists, or below a user's name, can only be set in a file.
 */
export function oldKeys(table: readonly Deprecation[]): readonly OldKey[] {
  return table
    .filter(({ key }) => !key.split('.').includes('*'))
    .map((deprecation) => {
      const { key, instead } = deprecation;
      const today = instead === undefined ? undefined : findKeyByName(instead);
      const base = today ?? nothing;
      return { ...base, ...namesOf(key.split('.'), base.takes), deprecation, today };
    });
}

/** Renames the given values, with a warning for each old name. */
export function renameGiven(given: readonly Given[]): { given: Given[]; warnings: Problem[] } {
  const warnings = given.flatMap(({ key, where }) =>
    isOld(key) ? [{ where, message: explain(key, where) }] : [],
  );
  const renamed = given.flatMap((one) => {
    if (!isOld(one.key)) return [one];
    const { today, deprecation } = one.key;
    if (today === undefined) return [];
    const { convert } = deprecation;
    return [convert === undefined ? one : { ...one, text: String(convert(one.text)) }];
  });
  return { given: renamed, warnings };
}

const isOld = (key: Key): key is OldKey => 'deprecation' in key;

/** Recommends variables for variables, and flags for flags. */
function explain({ deprecation, today }: OldKey, where: string): string {
  const flag = today?.flags.at(-1);
  const instead = where.startsWith('flag ') ? flag && `--${flag}` : today?.variables.at(-1);
  return warningOf(deprecation, instead);
}
