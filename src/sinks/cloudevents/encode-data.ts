/**
 * Encodes the data of an event as JSON. Bytes become text if they are valid UTF-8, else base64, and a field beside them
 * says which. Big integers become numbers if these are exact, else text.
 *
 * Written by hand, because every event passes here: one pass, no copy of the data.
 */
import { isUtf8 } from 'node:buffer';

/** Deeper than any request; limits cycles. */
const MAX_DEPTH = 16;
/** A packet of 1 MB, EMQX's default limit, has at most 200,000 user properties; anything larger has a cycle. */
const MAX_OBJECTS = 250_000;

/** Items of a list per chunk. */
const LONG = 64;

/** Replaces a part that is too deep or too large. */
const OMITTED = '"[omitted]"';

/** @throws whatever the getters of the data throw */
export function encodeData(data: unknown): string {
  return new Writer().write(data, 0) ?? 'null';
}

class Writer {
  #left = MAX_OBJECTS;

  /** Returns JSON text, or `undefined` for what JSON omits. */
  write(value: unknown, depth: number): string | undefined {
    switch (typeof value) {
      case 'string':
        return quote(value);
      case 'boolean':
        return value ? 'true' : 'false';
      case 'number':
        return Number.isFinite(value) ? `${value}` : 'null';
      case 'bigint':
        return writeBigInt(value);
      case 'object':
        return value === null ? 'null' : this.#writeObject(value, depth);
      default:
        return undefined;
    }
  }

  #writeObject(value: object, depth: number): string {
    if (depth >= MAX_DEPTH || --this.#left < 0) return OMITTED;
    if (value instanceof Uint8Array) return `{${writeBytes('value', 'encoding', value)}}`;
    if (Array.isArray(value)) return this.#writeList(value, depth);
    const fields = value as Record<string, unknown>;
    if (typeof fields.toJSON === 'function') return this.write(fields.toJSON(), depth + 1) ?? 'null';
    return this.#writeFields(fields, depth);
  }

  #writeList(list: readonly unknown[], depth: number): string {
    if (list.length > LONG) return this.#writeLongList(list, depth);
    let text = '';
    for (const item of list) {
      if (text !== '') text += ',';
      text += this.write(item, depth + 1) ?? 'null';
      if (this.#left < 0) break;
    }
    return `[${text}]`;
  }

  /** Joins chunks: V8 keeps a growing string in pieces, and collecting those takes longer. */
  #writeLongList(list: readonly unknown[], depth: number): string {
    const chunks: string[] = [];
    for (let start = 0; start < list.length && this.#left >= 0; start += LONG) {
      const items: string[] = [];
      for (const item of list.slice(start, start + LONG)) {
        items.push(this.write(item, depth + 1) ?? 'null');
        if (this.#left < 0) break;
      }
      chunks.push(items.join(','));
    }
    return `[${chunks.join(',')}]`;
  }

  #writeFields(fields: Record<string, unknown>, depth: number): string {
    let text = '';
    for (const key of Object.keys(fields)) {
      const field = this.#writeField(fields, key, depth);
      if (field === undefined) continue;
      text = text === '' ? field : `${text},${field}`;
      if (this.#left < 0) break;
    }
    return `{${text}}`;
  }

  #writeField(fields: Record<string, unknown>, key: string, depth: number): string | undefined {
    const value = fields[key];
    if (value instanceof Uint8Array) return writeBytes(key, `${key}Encoding`, value);
    // Only we say how the bytes beside it are encoded.
    if (key.endsWith('Encoding') && fields[key.slice(0, -8)] instanceof Uint8Array) return undefined;
    const text = this.write(value, depth + 1);
    return text === undefined ? undefined : `${quote(key)}:${text}`;
  }
}

function writeBigInt(value: bigint): string {
  return Number.isSafeInteger(Number(value)) ? `${value}` : `"${value}"`;
}

function writeBytes(key: string, encodingKey: string, bytes: Uint8Array): string {
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding);
  return `${quote(key)}:${quote(text)},${quote(encodingKey)}:"${encoding}"`;
}

// Besides what JSON requires: line breaks of some readers, and Unicode's terminal controls.
const special = /["\\\p{Cc}\p{Cs}\u2028\u2029]/u;
const unquoted = /[\u007f-\u009f\u2028\u2029]/g;

/** A JSON string without control characters, whatever reads or shows it. */
export function quote(text: string): string {
  if (!special.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(unquoted, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
