/**
 * JSON Schema: drafts 2020-12 (when the schema names none), 2019-09, 07, 06 and 04.
 *
 * Schemas are trusted, payloads are not: patterns and `uniqueItems` take linear time, text for a `pattern` or a `format`
 * has bounds, names that objects inherit are no properties, and the first failure ends the check. Nothing is read over
 * the network, and no code is made at run time.
 *
 * The compiler is our own because of that: no library passes the drafts' tests, takes another engine for patterns, and
 * is as fast as code that was made for the schema. `docs/codecs.md` has the figures.
 */
import { readFile } from 'node:fs/promises';
import { exactKey } from '../../lib/exact-key.ts';
import type { CheckWork } from '../../policy/messages/value.ts';
import { parseWithIntegers } from '../codecs/json/integers.ts';
import type { Value } from '../codecs/value.ts';
import { Run } from './check.ts';
import type { Ignored } from './compile.ts';
import type { FindFormat } from './formats.ts';
import { openSchema } from './open.ts';
import { patternWorkOf, resetPatternWork } from './pattern.ts';
import { isSchema, type Schema } from './schema.ts';
import { Undecided } from './undecided.ts';

/**
 * Gives why a value does not validate, or `undefined` when it does: the place and the keyword, never a value.
 *
 * @param work of all checks of one message, which share a budget. Default: this check has one of its own
 * @param mayHaveBytes false for a value that is known to have none. Default: true
 * @throws Undecided when that cannot be told: the check recurses too deeply, or takes too much work
 */
export type JsonSchemaCheck = (value: Value, work?: CheckWork, mayHaveBytes?: boolean) => string | undefined;

export interface JsonSchemaOptions {
  /** Are formats checked, or do they only describe? Default: `assert`. */
  readonly formats?: 'assert' | 'annotate' | undefined;
  /** Schemas that references may lead to, by their absolute URIs. Nothing else is loaded. Default: none. */
  readonly documents?: ReadonlyMap<string, Schema> | undefined;
  /** Hears, once, what the schema holds and the check ignores. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/**
 * @param schema the schema, or the path of its file
 * @throws TypeError when it cannot be used, or the error of the file system
 */
export async function openJsonSchema(
  schema: unknown,
  { formats = 'assert', documents = new Map(), onWarning }: JsonSchemaOptions = {},
): Promise<JsonSchemaCheck> {
  const name = typeof schema === 'string' ? schema : 'the JSON Schema';
  const parsed = typeof schema === 'string' ? parse(await readFile(schema, 'utf8'), name) : copy(schema);
  if (!isSchema(parsed)) throw new TypeError(`${name}: must be an object, true or false`);
  const findFormat = await formatsFor(formats, [parsed, ...documents.values()]);
  const opened = open(parsed, documents, findFormat, name);
  const warning = warningOf(opened.ignored);
  if (warning !== undefined) onWarning?.(warning);
  return checkOf(opened.check);
}

function parse(text: string, name: string): unknown {
  try {
    const bare = text.replace(/^\uFEFF/, '');
    const parsed: unknown = JSON.parse(bare);
    return /\d{16}/.test(bare) ? parseWithIntegers(bare) : parsed;
  } catch {
    throw new TypeError(`${name}: not JSON`);
  }
}

/** YAML may use one object in several places. */
function copy(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(copy);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, copy(value)]));
}

/** They come with the tables of international names, which are read only where a schema has formats. */
async function formatsFor(mode: 'assert' | 'annotate', schemas: readonly Schema[]): Promise<FindFormat> {
  if (!exactKey(schemas).includes('"format"')) return () => 'ignored';
  const { formats } = await import('./formats.ts');
  return (name, isAsserted) => {
    if (mode === 'annotate' && !isAsserted) return 'ignored';
    return formats.get(name) ?? 'unknown';
  };
}

function open(...[schema, documents, findFormat, name]: [...Parameters<typeof openSchema>, string]) {
  try {
    return openSchema(schema, documents, findFormat);
  } catch (error) {
    if (error instanceof RangeError) throw new TypeError(`${name}: nests too deeply`);
    if (error instanceof Error) throw new TypeError(`${name}: ${error.message}`);
    throw error;
  }
}

function warningOf({ keywords, formats }: Ignored): string | undefined {
  const parts = [
    ...(keywords.size > 0 ? [`unknown keywords check nothing: ${quoted(keywords)}`] : []),
    ...(formats.size > 0 ? [`unknown formats check nothing: ${quoted(formats)}`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

function quoted(names: ReadonlySet<string>): string {
  return [...names].map((name) => JSON.stringify(name)).join(', ');
}

function checkOf(check: ReturnType<typeof openSchema>['check']): JsonSchemaCheck {
  const run = new Run();
  return (value, work = { checkWork: 0 }, mayHaveBytes = true) => {
    run.reset(work);
    const { left } = run;
    resetPatternWork(left);
    try {
      return check(mayHaveBytes ? toJson(value) : value, run, undefined) ? undefined : describe(run);
    } catch (error) {
      // The stack, which a reference from a schema to itself uses up.
      throw error instanceof RangeError ? new Undecided('recurses too deeply') : error;
    } finally {
      work.checkWork += patternWorkOf(left);
    }
  };
}

/** A payload chooses the names of its keys, and with them how long the place of an error is. */
const MAX_PLACE = 200;

function describe({ path, message, keyword }: Run): string {
  // Inner steps are pushed first. A deep place need not be read to its end.
  const steps = path.toReversed().map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'));
  const place = steps.length === 0 ? 'the payload' : `/${steps.join('/')}`;
  const short = place.length > MAX_PLACE ? `${place.slice(0, MAX_PLACE)}...` : place;
  // The message is made of the schema alone.
  return `${short} ${message} ("${keyword}")`;
}

/** Has the value bytes? */
function hasBytes(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (hasBytes(item)) return true;
    return false;
  }
  if (value instanceof Uint8Array) return true;
  const members = value as Readonly<Record<string, Value>>;
  for (const key in members) if (hasBytes(members[key] as Value)) return true;
  return false;
}

/** What a schema sees: bytes as base64, as they are in JSON. */
function toJson(value: Value): Value {
  return hasBytes(value) ? convert(value) : value;
}

function convert(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (Array.isArray(value)) return value.map(convert);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(item)]));
}
