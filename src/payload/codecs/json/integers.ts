/**
 * JSON with 64-bit integers, which `JSON.parse` rounds and `JSON.stringify` rejects. Slower than these functions, so
 * used only for texts and values with such integers, or with bytes.
 */
import { checkKey, MAX_INTEGER, MIN_INTEGER, type Value } from '../value.ts';

/** Parses a text that `JSON.parse` accepted and whose nesting is within limits. Checks neither again. */
export function parseWithIntegers(text: string): Value {
  return new JsonReader<Value>(text, numberOf).value();
}

/** A number of JSON. */
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const whole = /^-?\d+$/;
const space = /[ \t\n\r]*/y;

/** Converts a JSON number to a value. */
export function numberOf(token: string): number | bigint {
  const value = Number(token);
  // An integer beyond 64 bits is most likely a floating-point number printed in full.
  if (Number.isSafeInteger(value) || token.length > 21 || !whole.test(token)) return value;
  const exact = BigInt(token);
  return exact >= MIN_INTEGER && exact <= MAX_INTEGER ? exact : value;
}

/** @typeParam Node the result: JSON values, with numbers converted by the caller. */
export class JsonReader<Node> {
  readonly #text: string;
  readonly #makeNumber: (token: string) => Node;
  #at = 0;

  constructor(text: string, makeNumber: (token: string) => Node) {
    this.#text = text;
    this.#makeNumber = makeNumber;
  }

  value(): Node {
    return this.#value() as Node;
  }

  #value(): unknown {
    const start = this.#peek();
    if (start === '{') return this.#object();
    if (start === '[') return this.#array();
    if (start === '"') return this.#string();
    if (start === 't') return this.#word('true', true);
    if (start === 'f') return this.#word('false', false);
    if (start === 'n') return this.#word('null', null);
    return this.#number();
  }

  /** Returns the next character that is not white space. */
  #peek(): string | undefined {
    space.lastIndex = this.#at;
    space.test(this.#text);
    this.#at = space.lastIndex;
    return this.#text[this.#at];
  }

  /** Skips the character if it is next. */
  #take(sign: string): boolean {
    if (this.#peek() !== sign) return false;
    this.#at++;
    return true;
  }

  #word<V>(word: string, value: V): V {
    this.#at += word.length;
    return value;
  }

  #object(): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    this.#take('{');
    while (!this.#take('}')) {
      this.#take(',');
      this.#peek();
      const key = checkKey(this.#string());
      this.#take(':');
      map[key] = this.#value();
    }
    return map;
  }

  #array(): unknown[] {
    const items: unknown[] = [];
    this.#take('[');
    while (!this.#take(']')) {
      this.#take(',');
      items.push(this.#value());
    }
    return items;
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    while (this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1;
    this.#at = end + 1;
    const token = this.#text.slice(start, this.#at);
    return token.includes('\\') ? JSON.parse(token) : token.slice(1, -1);
  }

  #number(): Node {
    number.lastIndex = this.#at;
    const [token = ''] = number.exec(this.#text) ?? [];
    this.#at += token.length;
    return this.#makeNumber(token);
  }
}

/** Writes a scalar: integers in full, bytes as base64 (RFC 4648 section 4). */
export function quoteJson(value: null | boolean | number | bigint | string | Uint8Array): string {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? `"${base64(value)}"` : JSON.stringify(value);
}

/** Writes a value accepted by {@link survey}. */
export function stringifyWithIntegers(value: Value): string {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return quoteJson(value);
  if (Array.isArray(value)) return `[${value.map(stringifyWithIntegers).join(',')}]`;
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${stringifyWithIntegers(item)}`,
  );
  return `{${entries.join(',')}}`;
}

const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
