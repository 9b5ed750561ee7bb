/** The fields that docs/logs.md lists, and those that are missing there. */
import { readSource } from '../support/source.ts';

export interface DocumentedField {
  /** As the page has it: `err.code`, `notes[].reason`. */
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
}

/** The rows of the table in the section "Fields". */
export function readDocumentedFields(): readonly DocumentedField[] {
  const page = readSource('docs/logs.md');
  const section = page.split(/^## /m).find((part) => part.startsWith('Fields\n')) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` +\| (.+?) +\| (.+?) +\|$/gm)].map(
    ([, name = '', type = '', meaning = '']) => ({ name, type, meaning }),
  );
}

/** Deeper causes are described as the first is. */
const normalize = (path: string): string =>
  path.replace(/^err(\.cause)+\./, 'err.').replace(/^err(\.cause)+$/, 'err');

const isOfType: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  'text or number': (value) => typeof value === 'string' || typeof value === 'number',
  'yes or no': (value) => typeof value === 'boolean',
  mapping: (value) => typeof value === 'object' && !Array.isArray(value),
  'list of mappings': Array.isArray,
};

/** Fields of a record that the page omits, or describes differently. */
export function findUndocumented(record: object, fields = readDocumentedFields()): string[] {
  const types = new Map(fields.map(({ name, type }) => [name, type]));
  return [...walk(record, '')].flatMap(([path, value]) => {
    const type = types.get(normalize(path));
    if (type === undefined) return [`${path} is not in docs/logs.md`];
    // A worker that a signal has ended has no status, and the other way round.
    if (value === null && /^(status|signal)$/.test(path)) return [];
    return isOfType[type]?.(value) ? [] : [`${path} is no ${type}`];
  });
}

function* walk(value: object, parent: string): Generator<[string, unknown]> {
  for (const [key, inner] of Object.entries(value)) {
    const path = parent === '' ? key : `${parent}.${key}`;
    yield [path, inner];
    if (Array.isArray(inner)) for (const item of inner) yield* walk(item, `${path}[]`);
    else if (typeof inner === 'object' && inner !== null) yield* walk(inner, path);
  }
}
