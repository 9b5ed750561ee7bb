/** The `format`s of JSON Schema and OpenAPI, for text that a client chose. */
import type { Format } from 'ajv';
import { fastFormats, fullFormats } from 'ajv-formats/dist/formats.js';

/** Longer text is of no format: some of the expressions take time by the square of the length. */
const MAX_LENGTH = 2048;

const names = [
  'date',
  'time',
  'date-time',
  'duration',
  'uri',
  'uri-reference',
  'uri-template',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
  'regex',
  'json-pointer',
  'relative-json-pointer',
] as const;

/** Of OpenAPI; they take time by the length alone, or none. */
const unbounded = ['int32', 'int64', 'float', 'double', 'password', 'binary'] as const;

export const boundedFormats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ...names.map((name) => [name, bounded(fullFormats[name])] as const),
  // The other one backtracks.
  ['email', bounded(fastFormats.email)],
  ...unbounded.map((name) => [name, fullFormats[name]] as const),
  ['byte', (text: string) => Buffer.from(text, 'base64').toString('base64') === text],
]);

function bounded(format: Format | undefined): (text: string) => boolean {
  const test = testOf(format);
  return (text) => text.length <= MAX_LENGTH && test(text);
}

function testOf(format: Format | undefined): (text: string) => boolean {
  const validate = typeof format === 'object' && 'validate' in format ? format.validate : format;
  if (validate instanceof RegExp) return (text) => validate.test(text);
  if (typeof validate === 'function') return (text) => validate(text as never) === true;
  throw new TypeError('a format that ajv-formats has not');
}
