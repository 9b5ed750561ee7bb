/**
 * Encodes the data of an event as JSON. Bytes become text if they are valid UTF-8, else base64, and a field beside them
 * says which. Big integers become numbers if these are exact, else text.
 *
 * Written by hand, because every event passes here: one pass, no copy of the data.
 */
import { isUtf8 } from 'node:buffer';
import { JsonText } from './json-text.ts';

/** Deeper than any request; limits cycles. */
const MAX_DEPTH = 16;
/** A packet of 1 MB, EMQX's default limit, has at most 200,000 user properties; anything larger has a cycle. */
const MAX_OBJECTS = 250_000;

/** What stands for a part that is too deep or too much. */
const OMITTED = '"[omitted]"';

interface Serializable {
  toJSON(): unknown;
}

/** @throws whatever the getters of the data throw */
export function encodeData(data: unknown): string {
  const json = new JsonText();
  writeData(json, data);
  return json.takeString();
}

/** @throws whatever the getters of the data throw; a part of the data may be written by then */
export function writeData(json: JsonText, data: unknown): void {
  if (!new DataWriter(json).write(data, 0)) json.raw('null');
}

class DataWriter {
  readonly #json: JsonText;
  #left = MAX_OBJECTS;

  constructor(json: JsonText) {
    this.#json = json;
  }

  /** @returns false for what JSON leaves out; then nothing is written. */
  write(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        this.#json.string(value);
        return true;
      case 'boolean':
        this.#json.raw(value ? 'true' : 'false');
        return true;
      case 'number':
        this.#json.raw(Number.isFinite(value) ? `${value}` : 'null');
        return true;
      case 'bigint':
        this.#json.raw(textOfBigInt(value));
        return true;
      case 'object':
        if (value !== null) return this.#writeObject(value, depth);
        this.#json.raw('null');
        return true;
      default:
        return false;
    }
  }

  #writeItem(value: unknown, depth: number): void {
    if (!this.write(value, depth)) this.#json.raw('null');
  }

  #writeObject(value: object, depth: number): true {
    if (depth >= MAX_DEPTH || --this.#left < 0) this.#json.raw(OMITTED);
    else if (value instanceof Uint8Array) {
      this.#json.raw('{');
      this.#writeBytes('value', 'encoding', value);
      this.#json.raw('}');
    } else if (Array.isArray(value)) this.#writeList(value, depth);
    else if (typeof (value as Serializable).toJSON === 'function')
      this.#writeItem((value as Serializable).toJSON(), depth + 1);
    else this.#writeFields(value as Record<string, unknown>, depth);
    return true;
  }

  #writeList(list: readonly unknown[], depth: number): void {
    const json = this.#json;
    let separator = '[';
    for (const item of list) {
      json.raw(separator);
      separator = ',';
      this.#writeItem(item, depth + 1);
      if (this.#left < 0) break;
    }
    json.raw(separator === '[' ? '[]' : ']');
  }

  #writeFields(fields: Record<string, unknown>, depth: number): void {
    const json = this.#json;
    let separator = '{';
    for (const key of Object.keys(fields)) {
      const start = json.size;
      json.raw(separator);
      if (this.#writeField(fields, key, depth)) separator = ',';
      else json.cut(start);
      if (this.#left < 0) break;
    }
    json.raw(separator === '{' ? '{}' : '}');
  }

  /** @returns false for a field that is left out; what is written of it must be taken back. */
  #writeField(fields: Record<string, unknown>, key: string, depth: number): boolean {
    const value = fields[key];
    if (value instanceof Uint8Array) {
      this.#writeBytes(key, `${key}Encoding`, value);
      return true;
    }
    // What the bytes beside it are in is for us to say.
    if (key.endsWith('Encoding') && fields[key.slice(0, -8)] instanceof Uint8Array) return false;
    this.#json.string(key);
    this.#json.raw(':');
    return this.write(value, depth + 1);
  }

  #writeBytes(key: string, encodingKey: string, bytes: Uint8Array): void {
    const json = this.#json;
    const isText = isUtf8(bytes);
    json.string(key);
    json.raw(':');
    if (isText) json.utf8(bytes);
    else json.raw(`"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`);
    json.raw(',');
    json.string(encodingKey);
    json.raw(isText ? ':"utf8"' : ':"base64"');
  }
}

function textOfBigInt(value: bigint): string {
  return Number.isSafeInteger(Number(value)) ? `${value}` : `"${value}"`;
}
