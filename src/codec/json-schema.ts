/**
 * JSON Schema, by ajv: drafts 2020-12 (when the schema names none), 2019-09 and 07.
 *
 * Schemas are trusted, payloads are not: patterns and `uniqueItems` take linear time, text for a `pattern` or a `format`
 * has bounds, equality does not look at inherited names, and the first failure ends the check. Nothing is read over the network. ajv makes its code at run time
 * (`new Function`), so a schema cannot be opened where that is forbidden
 * (`--disallow-code-generation-from-strings`); the checks themselves would run.
 */
import { readFile } from 'node:fs/promises';
import type { Ajv, AnySchema, ErrorObject, ValidateFunction } from 'ajv';
import { createAjv } from './json-schema-ajv.ts';
import { resetPatternWork } from './json-schema-pattern.ts';
import { Undecided } from './json-schema-undecided.ts';
import type { Value } from './value.ts';

/**
 * Gives why a value does not validate, or `undefined` when it does: the place and the keyword, never a value.
 *
 * @throws Undecided when that cannot be told: the check recurses too deeply, or takes too much work
 */
export type JsonSchemaCheck = (value: Value) => string | undefined;

/**
 * @param schema the schema, or the path of its file
 * @throws TypeError when it cannot be used, or the error of the file system
 */
export async function openJsonSchema(schema: unknown): Promise<JsonSchemaCheck> {
  const name = typeof schema === 'string' ? schema : 'the JSON Schema';
  const parsed = typeof schema === 'string' ? parse(await readFile(schema, 'utf8'), name) : schema;
  if ((typeof parsed !== 'object' || parsed === null) && typeof parsed !== 'boolean')
    throw new TypeError(`${name}: must be an object, true or false`);
  const ajv = await createAjv(parsed, name);
  const validate = compile(ajv, parsed, name);
  return (value) => {
    if (isValid(validate, value)) return undefined;
    const [error] = validate.errors ?? [];
    return error === undefined ? 'does not validate' : describe(error);
  };
}

function isValid(validate: ValidateFunction, value: Value): boolean {
  resetPatternWork();
  try {
    return validate(hasNoJsonForm(value) ? toJson(value) : value);
  } catch (error) {
    // The stack, which a reference from a schema to itself uses up.
    throw error instanceof RangeError ? new Undecided('recurses too deeply') : error;
  }
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError(`${name}: not JSON`);
  }
}

function compile(ajv: Ajv, schema: unknown, name: string): ValidateFunction {
  try {
    const validate = ajv.compile(schema as AnySchema);
    if (!('$async' in validate)) return validate;
  } catch (error) {
    throw new TypeError(`${name}: ${reasonOf(error)}`);
  }
  throw new TypeError(`${name}: "$async" is not supported: a check does not wait`);
}

function reasonOf(error: unknown): string {
  const { missingRef, message } = error as { missingRef?: unknown; message?: unknown };
  if (typeof missingRef === 'string')
    return `"$ref" to ${missingRef} leads out of the schema; no other document is loaded: put it under "$defs"`;
  return typeof message === 'string' ? message : 'cannot be used';
}

/** A payload chooses the names of its keys, and with them how long the place of an error is. */
const MAX_PLACE = 200;

function describe({ instancePath, keyword, message }: ErrorObject): string {
  const place = instancePath === '' ? 'the payload' : instancePath;
  const short = place.length > MAX_PLACE ? `${place.slice(0, MAX_PLACE)}...` : place;
  // The message is made of the schema alone.
  return `${short} ${message ?? 'does not validate'} ("${keyword}")`;
}

/** Has the value integers beyond 2^53 or bytes? */
function hasNoJsonForm(value: Value): boolean {
  if (typeof value === 'bigint' || value instanceof Uint8Array) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasNoJsonForm);
}

/** What a schema sees: large integers as the nearest number, bytes as base64, as they are in JSON. */
function toJson(value: Value): Value {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (Array.isArray(value)) return value.map(toJson);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
}
