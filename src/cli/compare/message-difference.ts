/** Describes how two messages differ, one difference per line. */

import { isDeepStrictEqual } from 'node:util';
import type { Message } from '../../inspector/compare/effect.ts';
import { isPrintable, printable } from '../../lib/printable.ts';

export function messageDifference(before: Message, after: Message): string[] {
  return [
    ...fieldDifference('topic', before.topic, after.topic),
    ...fieldDifference('QoS', before.qos, after.qos),
    ...payloadDifference(before.payload, after.payload),
  ];
}

function fieldDifference(name: string, before: string | number, after: string | number): string[] {
  return before === after ? [] : [`${name}: ${printable(String(before))} -> ${printable(String(after))}`];
}

/** More fields do not help. */
const MOST_FIELDS = 20;

/** Compares field by field when both are JSON, else as a whole. */
function payloadDifference(before: Uint8Array, after: Uint8Array): string[] {
  if (Buffer.from(before).equals(after)) return [];
  const [old, now] = [parse(before), parse(after)];
  if (isObject(old) && isObject(now)) {
    const fields = [...walk('payload', old, now)];
    const more = fields.length - MOST_FIELDS;
    if (more > 0) return [...fields.slice(0, MOST_FIELDS), `and ${more} more fields`];
    if (fields.length > 0) return fields;
  }
  return [`payload: ${showPayload(before)}`, `      -> ${showPayload(after)}`];
}

function* walk(name: string, before: unknown, after: unknown): Iterable<string> {
  if (isDeepStrictEqual(before, after)) return;
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      yield* walk(
        Array.isArray(before) ? `${name}[${key}]` : memberOf(name, key),
        at(before, key),
        at(after, key),
      );
  } else yield `${name}: ${show(before)} -> ${show(after)}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function memberOf(name: string, key: string): string {
  return /^[\w-]+$/.test(key) ? `${name}.${key}` : `${name}[${printable(JSON.stringify(key))}]`;
}

/** JSON has no `undefined`: it stands for a missing field. */
function at(container: object, key: string): unknown {
  return Object.hasOwn(container, key) ? (container as Record<string, unknown>)[key] : undefined;
}

function show(value: unknown): string {
  return value === undefined ? 'absent' : cut(printable(JSON.stringify(value)));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}

/** Formats as text if it is text, else in hexadecimal. */
function showPayload(bytes: Uint8Array): string {
  if (bytes.length === 0) return '(empty)';
  const text = textOf(bytes);
  if (text !== undefined) return cut(JSON.stringify(text));
  const hex = Buffer.from(bytes.subarray(0, MOST_BYTES)).toString('hex');
  return `0x${hex}${bytes.length > MOST_BYTES ? '...' : ''} (${bytes.length} bytes)`;
}

const MOST_BYTES = 32;
const MOST_CHARACTERS = 200;

function cut(text: string): string {
  return text.length > MOST_CHARACTERS
    ? `${text.slice(0, MOST_CHARACTERS)}... (${text.length} characters)`
    : text;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = utf8.decode(bytes);
    return isPrintable(text.replace(/[\n\r\t]/g, ' ')) ? text : undefined;
  } catch {
    return undefined;
  }
}
