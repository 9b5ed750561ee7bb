/** Describes a schema as Markdown for docs: type, default and meaning of each option. */
import * as z from 'zod';
import { durationPattern, sizePattern } from './units.ts';
import { alternatives, unwrap, writtenDefault } from './walk.ts';

/** Returns a table of the options of a section; nested options have dots: `rotate.size`. */
export function describeOptions(section: z.core.$ZodType): string {
  const head = ['| option | type | default | meaning |', '|---|---|---|---|'];
  const rows = collectOptions(section, []).map(({ name, schema }) =>
    tableRow([code(name), typeOf(schema), describeDefault(schema), schema.description ?? '']),
  );
  return `${[...head, ...rows].join('\n')}\n`;
}

/**
 * Inserts the table of options into the text of a section, instead of the line `<!-- options -->`.
 *
 * @param file the file of the text, for the error.
 * @throws Error without that line.
 */
export function fillInOptions(prose: string, section: z.core.$ZodType, file: string): string {
  if (!prose.includes(PLACE)) throw new Error(`${file}: write ${PLACE} where its options belong`);
  return prose.replace(PLACE, () => describeOptions(section).trimEnd());
}

const PLACE = '<!-- options -->';

interface Option {
  readonly name: string;
  readonly schema: z.ZodType;
}

function collectOptions(section: z.core.$ZodType, path: readonly string[]): Option[] {
  const inner = unwrap(section);
  if (!(inner instanceof z.ZodObject) || holdsItself(inner)) return [];
  return Object.entries(inner.shape).flatMap(([key, schema]) => {
    const at = [...path, key];
    return [{ name: at.join('.'), schema: schema as z.ZodType }, ...collectOptions(schema, at)];
  });
}

/** Whether one of its options is again such a section, as conditions may contain conditions. */
function holdsItself(section: z.ZodObject): boolean {
  return Object.values(section.shape).some((option) => unwrap(option) === section);
}

/** `absent` where that has a meaning. */
export function describeDefault(schema: z.core.$ZodType): string {
  const written = writtenDefault(schema);
  return written === undefined ? 'absent' : code(String(JSON.stringify(written)).replace(/^"(.*)"$/, '$1'));
}

export function tableRow(cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell.replaceAll('|', '\\|')} `)).join('|')}|`;
}

/** Lines of a page. */
export const lines = (rows: readonly string[]): string => `${rows.join('\n')}\n`;

export const code = (text: string): string => `\`${text}\``;

export function typeOf(schema: z.core.$ZodType): string {
  const types = alternatives(schema);
  const quantity = types.map(quantityOf).find((name) => name !== undefined);
  const words = types.filter((type) => quantity === undefined || type instanceof z.ZodLiteral).map(wordOf);
  return joinTypes([...new Set([...words, ...(quantity === undefined ? [] : [quantity])])]);
}

/** Several types, and a list of the same types, are written once. */
function joinTypes(words: readonly string[]): string {
  const [list, ...others] = words.toReversed();
  const one = others.toReversed().join(' or ');
  return others.length > 1 && list === `list of ${one}` ? `${one} or a list of these` : words.join(' or ');
}

function quantityOf(type: z.core.$ZodType): string | undefined {
  if (!(type instanceof z.ZodString)) return undefined;
  const patterns = (type.def.checks ?? []).map(({ _zod }) => (_zod.def as { pattern?: RegExp }).pattern);
  if (patterns.includes(durationPattern)) return 'duration';
  return patterns.includes(sizePattern) ? 'size' : undefined;
}

function wordOf(type: z.core.$ZodType): string {
  if (type instanceof z.ZodEnum)
    return type.options.length > 10 ? 'hook name' : type.options.map((name) => code(String(name))).join(', ');
  if (type instanceof z.ZodLiteral) return [...type.values].map((value) => code(String(value))).join(', ');
  if (type instanceof z.ZodArray) return `list of ${typeOf(type.element as z.ZodType)}`;
  if (type instanceof z.ZodRecord) return 'mapping of names';
  if (type instanceof z.ZodObject) return `{ ${Object.keys(type.shape).join(', ')} }`;
  if (type instanceof z.ZodNumber) return type.isInt ? 'whole number' : 'number';
  return type instanceof z.ZodBoolean ? 'true or false' : 'text';
}
