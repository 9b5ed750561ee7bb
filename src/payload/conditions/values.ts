/**
 * Converts values to CEL values. Objects and lists are converted lazily, item by item, and never by the library: it
 * treats an object with a key `$typeName` as a protobuf message, and payloads come from clients.
 */
import { type CelList, type CelMap, celList, celMap } from '@bufbuild/cel';
import type { Charge } from './meter.ts';

type Scalar = null | boolean | number | bigint | string | Uint8Array;
export type CelInput = Scalar | CelList | CelMap;
type Plain = Readonly<Record<string, unknown>>;

/** The library's classes: it recognises its lists and maps by a mark. */
const ListOfLibrary = celList([]).constructor as new (items: readonly unknown[]) => CelList;
const MapOfLibrary = celMap(new Map()).constructor as new (map: ReadonlyMap<string, CelInput>) => CelMap;
const nothing: ReadonlyMap<string, CelInput> = new Map();

/** Cost per key: counting creates a list of all keys. */
const KEY = 4;

export function asCel(value: unknown, keys: KeyCounts): CelInput {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
      return value;
    case 'object':
      break;
    default:
      return null;
  }
  if (value === null || value instanceof Uint8Array) return value;
  return Array.isArray(value) ? new PlainList(value, keys) : new PlainMap(value as Plain, keys);
}

/** Number of keys per object: each object is counted and charged once per evaluation. */
export class KeyCounts {
  readonly #charge: Charge;
  #counts: WeakMap<object, number> | undefined;

  constructor(charge: Charge) {
    this.#charge = charge;
  }

  /** An object may have changed since the last evaluation. */
  reset(): void {
    this.#counts = undefined;
  }

  /** @throws TooMuchWork */
  of(object: object): number {
    this.#counts ??= new WeakMap();
    let count = this.#counts.get(object);
    if (count === undefined) {
      count = Object.keys(object).length;
      this.#counts.set(object, count);
      this.#charge(KEY * count);
    }
    return count;
  }
}

/** A CEL list over an array. */
class PlainList extends ListOfLibrary {
  readonly #items: readonly unknown[];
  readonly #keys: KeyCounts;

  constructor(items: readonly unknown[], keys: KeyCounts) {
    super(items);
    this.#items = items;
    this.#keys = keys;
  }

  override get(index: number): CelInput | undefined {
    const at = Number(index);
    return at >= 0 && at < this.#items.length ? asCel(this.#items[at], this.#keys) : undefined;
  }

  override *values(): IterableIterator<CelInput> {
    for (const item of this.#items) yield asCel(item, this.#keys);
  }

  override [Symbol.iterator](): IterableIterator<CelInput> {
    return this.values();
  }
}

/** A CEL map over a plain object: own properties only. */
class PlainMap extends MapOfLibrary {
  readonly #object: Plain;
  readonly #keys: KeyCounts;

  constructor(object: Plain, keys: KeyCounts) {
    super(nothing);
    this.#object = object;
    this.#keys = keys;
  }

  override get size(): number {
    return this.#keys.of(this.#object);
  }

  override get(key: unknown): CelInput | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.#object, key)) return undefined;
    return asCel(this.#object[key], this.#keys);
  }

  /** As in the library, a key with null counts as absent. */
  override has(key: unknown): boolean {
    return this.get(key) != null;
  }

  override forEach(visit: (value: CelInput, key: string, map: CelMap) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }

  override *entries(): MapIterator<[string, CelInput]> {
    for (const key of this.keys()) yield [key, asCel(this.#object[key], this.#keys)];
  }

  override keys(): MapIterator<string> {
    return Object.keys(this.#object).values();
  }

  override *values(): MapIterator<CelInput> {
    for (const [, value] of this.entries()) yield value;
  }

  override [Symbol.iterator](): MapIterator<[string, CelInput]> {
    return this.entries();
  }
}
