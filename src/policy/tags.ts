/** Tags: named facts about a client that rules can ask for, such as `site: berlin` or just `admin`. */

import { isRounded } from './exact-json.ts';

export type Tags = Readonly<Record<string, string>>;

/** The value of a tag that is only a name. */
export const PRESENT = 'true';

const NAME = /^[A-Za-z][A-Za-z0-9_.:-]{0,63}$/;

/**
 * Reads tags from what people write: a list of names, an object, or text such as `site=berlin;admin` (also
 * separated by spaces, as OAuth writes scopes). `undefined` when it cannot be read, or a name is no name.
 */
export function parseTags(value: unknown): Tags | undefined {
  const entries = entriesOf(value);
  if (entries === undefined) return undefined;
  // Without a prototype: a rule that asks for the tag "constructor" must not find one.
  const tags = Object.create(null) as Record<string, string>;
  for (const [name, content] of entries) {
    const text = textOf(content);
    if (!NAME.test(name) || text === undefined) return undefined;
    tags[name] = text;
  }
  return tags;
}

/** The tags with one more. */
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
  if (Array.isArray(value))
    return value.every((item) => typeof item === 'string') ? value.map(entryOf) : undefined;
  return typeof value === 'object' ? Object.entries(value) : undefined;
}

function entryOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, PRESENT] : [text.slice(0, at), text.slice(at + 1)];
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  // Another client may have the number that it was rounded to.
  if (isRounded(value)) return undefined;
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : undefined;
}
