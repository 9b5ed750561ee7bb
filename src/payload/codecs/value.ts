/** What payloads are decoded to, and the one walk that makes sure that a value is one. */
import type { Value } from '../../policy/messages/value.ts';
import { malformed, unsupported } from './error.ts';
import { type CodecLimits, tooDeep, tooLarge, tooManyItems } from './limits.ts';

export type { Value };

export const MIN_INTEGER = -(2n ** 63n);
export const MAX_INTEGER = 2n ** 64n - 1n;

/** The integer as a value: a number where a number is exact. @throws CodecError beyond 64 bits */
export function integer(value: bigint): number | bigint {
  if (value < MIN_INTEGER || value > MAX_INTEGER) throw unsupported('has an integer of more than 64 bits');
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * A key named `__proto__` is refused, because assigning it changes an object's prototype instead of setting a
 * property, in our code or in that of whoever gets the payload next.
 *
 * @throws CodecError
 */
export function checkKey(key: string): string {
  if (key === '__proto__') throw unsupported('has a key "__proto__"');
  return key;
}

/** A map in which a key comes twice means one thing to one reader and another to the next. */
export const duplicateKey = () => malformed('has a map with a key that comes twice');

/** What a value holds. */
export interface Survey {
  /** Array elements and map entries. */
  readonly items: number;
  /** Map entries alone. */
  readonly entries: number;
  readonly hasBytes: boolean;
  readonly hasBigint: boolean;
  /** Is NaN or an infinity in it? */
  readonly hasNonFinite: boolean;
}

/**
 * Walks the whole value once.
 *
 * @throws CodecError when it is beyond the limits, or holds what no {@link Value} holds
 */
export function survey(value: unknown, limits: CodecLimits): Survey {
  const surveyor = new Surveyor(limits);
  surveyor.visit(value, 0);
  return surveyor;
}

class Surveyor implements Survey {
  readonly #limits: CodecLimits;
  #size = 0;
  items = 0;
  entries = 0;
  hasBytes = false;
  hasBigint = false;
  hasNonFinite = false;

  constructor(limits: CodecLimits) {
    this.#limits = limits;
  }

  visit(value: unknown, depth: number): void {
    if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'number') {
      if (!Number.isFinite(value)) this.hasNonFinite = true;
    } else if (typeof value === 'object') {
      if (value !== null) this.#object(value, depth + 1);
    } else if (typeof value === 'bigint') {
      integer(value);
      this.hasBigint = true;
    } else if (typeof value !== 'boolean') throw unsupported(`has a value of the type ${typeof value}`);
  }

  /** Every UTF-16 unit and every byte takes at least a byte in every encoding. */
  #grow(size: number): void {
    this.#size += size;
    if (this.#size > this.#limits.maxBytes) throw tooLarge(this.#limits);
  }

  #text(text: string): void {
    this.#grow(text.length);
    if (!text.isWellFormed()) throw malformed('has text with half a surrogate pair');
  }

  #object(value: object, depth: number): void {
    if (value instanceof Uint8Array) {
      this.#grow(value.length);
      this.hasBytes = true;
      return;
    }
    if (depth > this.#limits.maxDepth) throw tooDeep(this.#limits);
    if (Array.isArray(value)) {
      this.#count(value.length);
      for (let i = 0; i < value.length; i++) this.visit(value[i], depth);
    } else this.#map(value as Record<string, unknown>, depth);
  }

  #map(value: Record<string, unknown>, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      throw unsupported('has an object that is not plain');
    const keys = Object.keys(value);
    this.#count(keys.length);
    this.entries += keys.length;
    for (const key of keys) {
      this.#text(checkKey(key));
      this.visit(value[key], depth);
    }
  }

  #count(items: number): void {
    this.items += items;
    if (this.items > this.#limits.maxItems) throw tooManyItems(this.#limits);
  }
}
