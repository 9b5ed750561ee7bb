/** Reads payloads of tests and options: text, bytes in base64 or hex, a file, or a value to encode. */

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isPrintable } from '../../lib/printable.ts';
import { defaultLimits, openCodec, type Value } from '../../payload/codecs/codec.ts';
import { differences } from './differences.ts';

/** A string is the text itself. Otherwise exactly one key is given. */
export type PayloadSource =
  | string
  | { readonly base64: string }
  | { readonly hex: string }
  | { readonly file: string }
  | { readonly json: unknown }
  | { readonly cbor: unknown }
  | { readonly msgpack: unknown };

const encoder = new TextEncoder();

/**
 * Returns the bytes. @param base the file that other paths are relative to. @throws Error when they cannot be
 * read or encoded.
 */
export async function bytesOfPayload(source: PayloadSource, base: string): Promise<Uint8Array> {
  if (typeof source === 'string') return encoder.encode(source);
  if ('file' in source) return new Uint8Array(await readFile(resolve(dirname(base), source.file)));
  const [form, content] = formOf(source);
  const codec = await openCodec(form, defaultLimits);
  if (codec.kind === 'value') return codec.encode(content as Value);
  try {
    return codec.decode(encoder.encode(String(content).replace(/\s+/g, '')));
  } catch {
    throw new Error(`a payload is not ${form}`);
  }
}

type Form = 'base64' | 'hex' | 'json' | 'cbor' | 'msgpack';

function formOf(source: Exclude<PayloadSource, string>): readonly [Form, unknown] {
  return Object.entries(source)[0] as [Form, unknown];
}

/**
 * Describes how a payload differs from the expected one; nothing when they are equal. Compares values: the
 * order of fields and the notation of numbers do not matter.
 */
export async function comparePayload(
  expected: PayloadSource,
  got: Uint8Array,
  base: string,
): Promise<readonly string[]> {
  const form =
    typeof expected === 'string' ? undefined : formOf(expected as Exclude<PayloadSource, string>)[0];
  if (form === 'json' || form === 'cbor' || form === 'msgpack')
    return await compareValues(expected, form, got);
  const bytes = await bytesOfPayload(expected, base);
  if (Buffer.from(bytes).equals(got)) return [];
  return [`payload: expected ${showPayload(bytes)}`, `payload: got      ${showPayload(got)}`];
}

async function compareValues(
  expected: PayloadSource,
  form: 'json' | 'cbor' | 'msgpack',
  got: Uint8Array,
): Promise<readonly string[]> {
  const codec = await openCodec(form, defaultLimits);
  if (codec.kind !== 'value') return [];
  // Encode and decode: both sides then have the same kinds of values.
  const wanted = codec.decode(codec.encode(formOf(expected as Exclude<PayloadSource, string>)[1] as Value));
  let value: Value;
  try {
    value = codec.decode(got);
  } catch {
    return [`payload: expected ${form}, got ${showPayload(got)}`];
  }
  return isDeepStrictEqual(value, wanted) ? [] : differences('payload', wanted, value);
}

/** The longest payload shown in full, in characters. */
const SHOWN = 2000;

/** Formats a payload for a terminal: as text if it is text, else in base64. */
export function showPayload(bytes: Uint8Array): string {
  const text = textOf(bytes);
  const shown = text ?? `base64 ${Buffer.from(bytes).toString('base64')}`;
  if (shown.length <= SHOWN) return shown === '' ? '(empty)' : shown;
  return `${shown.slice(0, SHOWN)}... (${bytes.length} bytes)`;
}

/** Returns only printable text: a payload must not control a terminal. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return isPrintable(text.replace(/[\n\t]/g, '')) ? text : undefined;
  } catch {
    return undefined;
  }
}
