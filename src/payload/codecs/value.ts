/** Decoded payload values, and the walk that validates them. */
import type { Value } from '../../policy/messages/value.ts';
import { malformed, unsupported } from './error.ts';
import { type CodecLimits, tooDeep, tooLarge, tooManyItems } from './limits.ts';

export type { Value };

export const MIN_INTEGER = -(2n ** 63n);
export const MAX_INTEGER = 2n ** 64n - 1n;

/** Converts an integer to a value: a number if exact. @throws CodecError beyond 64 bits */
export function integer(value: bigint): number | bigint {
  if (value < MIN_INTEGER || value > MAX_INTEGER) throw unsupported('has an integer of more than 64 bits');
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * Rejects a key `__proto__`: assigning it changes an object's prototype instead of setting a property, here or in the
 * next consumer of the payload.
 *
 * @throws CodecError
 */
export function checkKey(key: string): string {
  if (key === '__proto__') throw unsupported('has a key "__proto__"');
  return key;
}

/** Readers disagree about a map with a duplicate key. */
export const duplicateKey = () => malformed('has a map with a duplicate key');

/** The contents of a value. */
export interface Survey {
  /** Array elements and map entries. */
  readonly items: number;
  /** Map entries only. */
  readonly entries: number;
  readonly hasBytes: boolean;
  readonly hasBigint: boolean;
  /** It contains NaN or an infinity. */
  readonly hasNonFinite: boolean;
}

/**
 * Walks the whole value once.
 *
 * @throws CodecError if it exceeds the limits, or contains something that a {@link Value} cannot
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

  /** Every UTF-16 unit and every byte takes at least one byte in every encoding. */
  #grow(size: number): void {
    this.#size += size;
    if (this.#size > this.#limits.maxBytes) throw tooLarge(this.#limits);
  }

  #text(text: string): void {
    this.#grow(text.length);
    if (!text.isWellFormed()) throw malformed('has text with an unpaired surrogate');
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
