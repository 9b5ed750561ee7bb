/**
 * JSON Schema: drafts 2020-12 (default), 2019-09, 07, 06 and 04.
 *
 * Schemas are trusted, payloads are not: patterns and `uniqueItems` take linear time, text for a `pattern` or a `format`
 * is bounded, inherited names are not properties, and the first failure ends the check. Nothing is read over the
 * network, and no code is generated at run time.
 *
 * That is why the compiler is our own: no library passes the drafts' tests, supports another regular expression engine,
 * and is as fast as generated code. `docs/codecs.md` has the figures.
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
 * Returns why a value is not valid, or `undefined` if it is: the place and the keyword, never a value.
 *
 * @param work the budget shared by all checks of a message. Default: a separate budget
 * @param mayHaveBytes false if the value is known to have none. Default: true
 * @throws Undecided if the check recurses too deeply or takes too much work
 */
export type JsonSchemaCheck = (value: Value, work?: CheckWork, mayHaveBytes?: boolean) => string | undefined;

export interface JsonSchemaOptions {
  /** Whether formats are checked or are annotations only. Default: `assert`. */
  readonly formats?: 'assert' | 'annotate' | undefined;
  /** Schemas that references may point to, by absolute URI. Nothing else is loaded. Default: none. */
  readonly documents?: ReadonlyMap<string, Schema> | undefined;
  /** Called once with the parts of the schema that the check ignores. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/**
 * @param schema the schema, or the path of its file
 * @throws TypeError if it is invalid, or the error of the file system
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

/** Copies: YAML may use one object in several places. */
function copy(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(copy);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, copy(value)]));
}

/** Loaded only if a schema has formats: they include tables of international names. */
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
      // A reference from a schema to itself exhausts the stack.
      throw error instanceof RangeError ? new Undecided('recurses too deeply') : error;
    } finally {
      work.checkWork += patternWorkOf(left);
    }
  };
}

/** Limits the place in an error text: the payload chooses its keys. */
const MAX_PLACE = 200;

function describe({ path, message, keyword }: Run): string {
  // Inner steps are pushed first. A deep place need not be shown completely.
  const steps = path.toReversed().map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'));
  const place = steps.length === 0 ? 'the payload' : `/${steps.join('/')}`;
  const short = place.length > MAX_PLACE ? `${place.slice(0, MAX_PLACE)}...` : place;
  // The message comes from the schema only.
  return `${short} ${message} ("${keyword}")`;
}

/** Reports whether the value contains bytes. */
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

/** Converts bytes to base64, their JSON form, for the schema. */
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
