/** Tags: named facts about a client for use in rules, such as `site: berlin` or `admin`. */

import { isRounded } from '../text/exact-json.ts';

export type Tags = Readonly<Record<string, string>>;

/** The value of a tag without a value. */
export const PRESENT = 'true';

/** Maximum length of a tag name, in characters. */
const MAX_NAME = 256;

/** Tags, and the number of invalid entries: empty, too long, or neither text, number nor boolean. */
export interface ReadTags {
  readonly tags: Tags;
  readonly skipped: number;
}

/**
 * Reads tags from a list of names, an object, or text such as `site=berlin;admin` (also separated by spaces, like OAuth
 * scopes). Skips invalid tags. `undefined` for any other form.
 */
export function readTags(value: unknown): ReadTags | undefined {
  const entries = entriesOf(value);
  if (entries === undefined) return undefined;
  // Without a prototype: a rule must not find a tag "constructor".
  const tags = Object.create(null) as Record<string, string>;
  let skipped = 0;
  for (const [name, content] of entries) {
    const text = textOf(content);
    if (isName(name) && text !== undefined) tags[name] = text;
    else skipped++;
  }
  return { tags, skipped };
}

/** Like `readTags`, for what an operator writes: also `undefined` if an entry is not a valid tag. */
export function parseTags(value: unknown): Tags | undefined {
  // A single number is a mistake.
  const read = typeof value === 'number' ? undefined : readTags(value);
  return read?.skipped === 0 ? read.tags : undefined;
}

/** Accepts directory roles: `/admins`, `Domain Admins`, a GUID. */
function isName(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: nobody could write or see them
  return text !== '' && text.length <= MAX_NAME && text !== '__proto__' && !/[\0-\x1f\x7f]/.test(text);
}

/** Adds a tag. */
export function withTag(tags: Tags, name: string): Tags {
  return Object.assign(Object.create(null), tags, { [name]: PRESENT }) as Tags;
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string')
    return value
      .split(/[;\s]+/)
      .filter(Boolean)
      .map(entryOf);
  if (typeof value === 'number') return [itemOf(value)];
  if (Array.isArray(value)) return value.map(itemOf);
  return typeof value === 'object' ? Object.entries(value) : undefined;
}

/** Only texts and numbers are names. */
function itemOf(item: unknown): readonly [string, unknown] {
  if (typeof item === 'string') return entryOf(item);
  return [typeof item === 'number' ? (textOf(item) ?? '') : '', PRESENT];
}

function entryOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, PRESENT] : [text.slice(0, at), text.slice(at + 1)];
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  // Another client may have the number that it is rounded to.
  if (isRounded(value)) return undefined;
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : undefined;
}
