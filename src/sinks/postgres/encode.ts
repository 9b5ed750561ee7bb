/** Encodes a delivery as a table row. */
import { createHash } from 'node:crypto';
import { isJson } from '../content.ts';
import type { Delivery } from '../delivery.ts';

export interface Row {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string | null;
  /** RFC 3339. */
  readonly time: string;
  readonly key: string;
  readonly contentType: string;
  /** Attributes without their own column, as a JSON object. */
  readonly extensions: string | null;
  /** The body as JSON text: all of it goes into the column, or only the part under `data`. */
  readonly json: string | null;
  /** Whether the body is a CloudEvent whose data goes into the column. */
  readonly isEnvelope: boolean;
  /** The body as bytes: `jsonb` keeps the meaning of a text, but neither its spaces nor the order of names. */
  readonly body: Uint8Array | null;
}

/** Attributes with their own column, or with the same value for every event. */
const ownColumn = new Set(['id', 'type', 'source', 'subject', 'time', 'specversion', 'datacontenttype']);

/** A PostgreSQL index entry holds about 2,700 bytes. An id contains a client id, which may be much longer. */
const MAX_ID_BYTES = 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param body whether to store every body, or only those that `data` cannot hold. */
export function toRow(delivery: Delivery, body: 'always' | 'unlessJson'): Row {
  const { attributes, contentType, format } = delivery;
  const json = isJson(contentType) ? readJson(delivery.body) : undefined;
  const id = shorten(delivery.id);
  return {
    id: toText(id),
    type: toText(attributes.type ?? ''),
    source: toText(attributes.source ?? ''),
    subject: attributes.subject === undefined ? null : toText(attributes.subject),
    time: attributes.time ?? new Date(0).toISOString(),
    key: toText(delivery.key),
    contentType: toText(contentType),
    extensions: extensionsOf(id === delivery.id ? attributes : { ...attributes, longid: delivery.id }),
    json: json ?? null,
    isEnvelope: json !== undefined && format === 'structured',
    body: json === undefined || body === 'always' ? delivery.body : null,
  };
}

/** Returns the same row with its body as bytes only: JSON that the server rejects is not lost. */
export function withBytes(row: Row): Row | undefined {
  return row.json === null
    ? undefined
    : { ...row, json: null, isEnvelope: false, body: Buffer.from(row.json) };
}

/** Returns text that `jsonb` accepts, judged without reading all of it; else the bytes are stored. */
function readJson(body: Uint8Array): string | undefined {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return undefined;
  }
  return hasEscapedNul(text) ? undefined : text;
}

/** `jsonb` does not accept the character U+0000, which ends PostgreSQL's text. */
function hasEscapedNul(text: string): boolean {
  for (const { index } of text.matchAll(/\\u0000/g)) {
    let slashes = 0;
    while (text[index - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return true;
  }
  return text.includes('\0');
}

/** PostgreSQL's text does not accept U+0000 either. MQTT does not have it, but custom hooks may. */
function toText(value: string): string {
  return value.includes('\0') ? value.replaceAll('\0', '%00') : value;
}

function shorten(id: string): string {
  if (Buffer.byteLength(id) <= MAX_ID_BYTES) return id;
  return `${id.slice(0, 128).toWellFormed()}...sha256:${createHash('sha256').update(id).digest('hex')}`;
}

function extensionsOf(attributes: Readonly<Record<string, string>>): string | null {
  const others = Object.entries(attributes).filter(([name]) => !ownColumn.has(name));
  if (others.length === 0) return null;
  return JSON.stringify(
    Object.fromEntries(others.map(([name, value]) => [toText(name), toText(value.toWellFormed())])),
  );
}
