/**
 * JSON with integers of 64 bits, which `JSON.parse` rounds and `JSON.stringify` refuses. Slower than they are,
 * so only for texts and values that have such integers, or bytes.
 */
import { checkKey, MAX_INTEGER, MIN_INTEGER, type Value } from './value.ts';

/** Reads a text that `JSON.parse` has taken and that nests within limits: it checks neither again. */
export function parseWithIntegers(text: string): Value {
  return new Reader(text).value();
}

/** A number of JSON; the group is there when it is no integer. */
const number = /-?\d+((?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const space = /[ \t\n\r]*/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Value {
    const start = this.#peek();
    if (start === '{') return this.#object();
    if (start === '[') return this.#array();
    if (start === '"') return this.#string();
    if (start === 't') return this.#word('true', true);
    if (start === 'f') return this.#word('false', false);
    if (start === 'n') return this.#word('null', null);
    return this.#number();
  }

  /** The next character that is not white space. */
  #peek(): string | undefined {
    space.lastIndex = this.#at;
    space.test(this.#text);
    this.#at = space.lastIndex;
    return this.#text[this.#at];
  }

  /** Steps over the sign if it is next. */
  #take(sign: string): boolean {
    if (this.#peek() !== sign) return false;
    this.#at++;
    return true;
  }

  #word<V>(word: string, value: V): V {
    this.#at += word.length;
    return value;
  }

  #object(): Value {
    const map: Record<string, Value> = {};
    this.#take('{');
    while (!this.#take('}')) {
      this.#take(',');
      this.#peek();
      const key = checkKey(this.#string());
      this.#take(':');
      map[key] = this.value();
    }
    return map;
  }

  #array(): Value {
    const items: Value[] = [];
    this.#take('[');
    while (!this.#take(']')) {
      this.#take(',');
      items.push(this.value());
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

  #number(): number | bigint {
    number.lastIndex = this.#at;
    const [token = '', fraction = ''] = number.exec(this.#text) ?? [];
    this.#at += token.length;
    const value = Number(token);
    // What is beyond 64 bits is most likely a floating point number that was printed in full.
    if (fraction !== '' || Number.isSafeInteger(value) || token.length > 21) return value;
    const exact = BigInt(token);
    return exact >= MIN_INTEGER && exact <= MAX_INTEGER ? exact : value;
  }
}

/** Writes a value that {@link survey} has passed: integers in full, bytes as base64 (RFC 4648 section 4). */
export function stringifyWithIntegers(value: Value): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof Uint8Array) return `"${base64(value)}"`;
  if (Array.isArray(value)) return `[${value.map(stringifyWithIntegers).join(',')}]`;
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${stringifyWithIntegers(item)}`,
  );
  return `{${entries.join(',')}}`;
}

const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
