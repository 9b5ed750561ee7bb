/**
 * Values of ours as values of CEL. Objects and lists are converted when they are looked into, and never by the
 * library: it takes an object with a key `$typeName` for a protobuf message, and payloads come from clients.
 */
import { type CelList, type CelMap, celList, celMap } from '@bufbuild/cel';

type Scalar = null | boolean | number | bigint | string | Uint8Array;
export type CelInput = Scalar | CelList | CelMap;

export function asCel(value: unknown): CelInput {
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
  if (Array.isArray(value)) return celList(value.some(isObject) ? value.map(asCel) : value);
  return celMap(new PlainMap(value as Readonly<Record<string, unknown>>));
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** A plain object as a map: its own properties only. */
class PlainMap implements ReadonlyMap<string, CelInput> {
  readonly #object: Readonly<Record<string, unknown>>;

  constructor(object: Readonly<Record<string, unknown>>) {
    this.#object = object;
  }

  get size(): number {
    return Object.keys(this.#object).length;
  }

  get(key: string): CelInput | undefined {
    return this.has(key) ? asCel(this.#object[key]) : undefined;
  }

  has(key: string): boolean {
    return typeof key === 'string' && Object.hasOwn(this.#object, key);
  }

  forEach(visit: (value: CelInput, key: string, map: ReadonlyMap<string, CelInput>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }

  *entries(): MapIterator<[string, CelInput]> {
    for (const key of this.keys()) yield [key, asCel(this.#object[key])];
  }

  keys(): MapIterator<string> {
    return Object.keys(this.#object).values();
  }

  *values(): MapIterator<CelInput> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, CelInput]> {
    return this.entries();
  }
}
