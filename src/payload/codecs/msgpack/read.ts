/**
 * Reads MessagePack. Everything is checked where it is read: an announced length allocates nothing that is not present.
 * The library trusts announced sizes, reads invalid UTF-8 as text, and reports neither which numbers were floats nor
 * where an item ends.
 */
import { malformed, unsupported } from '../error.ts';
import { type CodecLimits, tooDeep, tooManyItems } from '../limits.ts';
import { checkKey, duplicateKey, type Value } from '../value.ts';
import { MsgpackCursor } from './cursor.ts';
import { isFixList, isFixMap, isFixText, isInteger, isText, type Kind, longHead } from './head.ts';
import { decodeTimestamp } from './timestamp.ts';

/** @throws CodecError if it is malformed, exceeds the limits, or is of an unsupported kind */
export function readMsgpack(bytes: Uint8Array, limits: CodecLimits): Value {
  const cursor = new MsgpackCursor(bytes);
  const value = new MsgpackReader(cursor, limits).item(0);
  cursor.end();
  return value;
}

/** The timestamp, the only extension type in the specification. */
const TIMESTAMP = 0xff;

export class MsgpackReader {
  readonly #cursor: MsgpackCursor;
  readonly #limits: CodecLimits;
  #items = 0;

  constructor(cursor: MsgpackCursor, limits: CodecLimits) {
    this.#cursor = cursor;
    this.#limits = limits;
  }

  item(depth: number): Value {
    const head = this.#cursor.byte();
    if (head < 0x80) return head;
    if (head >= 0xe0) return head - 0x100;
    if (isFixMap(head)) return this.#map(head & 0x0f, depth);
    if (isFixList(head)) return this.#list(head & 0x0f, depth);
    if (isFixText(head)) return this.#cursor.utf8(head & 0x1f);
    const [kind, size] = longHead(head);
    return this.#long(kind, size, depth);
  }

  #long(kind: Kind, size: number, depth: number): Value {
    const cursor = this.#cursor;
    switch (kind) {
      case 'null':
        return null;
      case 'false':
        return false;
      case 'true':
        return true;
      case 'float':
        return cursor.float(size);
      case 'unsigned':
        return cursor.unsigned(size);
      case 'signed':
        return cursor.signed(size);
      case 'text':
        return cursor.utf8(cursor.length(size));
      case 'bytes':
        return cursor.take(cursor.length(size));
      case 'list':
        return this.#list(cursor.length(size), depth);
      case 'map':
        return this.#map(cursor.length(size), depth);
      case 'extension':
        return this.#extension(cursor.length(size));
      case 'fixed extension':
        return this.#extension(size);
      default:
        throw malformed('has a type byte that is never used');
    }
  }

  /** An unknown extension becomes its bytes. */
  #extension(size: number): Value {
    const type = this.#cursor.byte();
    const data = this.#cursor.take(size);
    if (type !== TIMESTAMP) return data;
    if (size !== 4 && size !== 8 && size !== 12) throw malformed('has a timestamp of the wrong size');
    return decodeTimestamp(data);
  }

  /** @param size number of items or entries, each of at least so many bytes */
  #enter(size: number, bytesEach: number, depth: number): number {
    if (depth >= this.#limits.maxDepth) throw tooDeep(this.#limits);
    this.#items += size;
    if (this.#items > this.#limits.maxItems) throw tooManyItems(this.#limits);
    this.#cursor.need(size * bytesEach);
    return depth + 1;
  }

  #list(size: number, depth: number): Value {
    const inner = this.#enter(size, 1, depth);
    const items: Value[] = [];
    for (let i = 0; i < size; i++) items.push(this.item(inner));
    return items;
  }

  #map(size: number, depth: number): Value {
    const inner = this.#enter(size, 2, depth);
    const map: Record<string, Value> = {};
    for (let i = 0; i < size; i++) {
      const key = this.key();
      if (Object.hasOwn(map, key)) throw duplicateKey();
      map[key] = this.item(inner);
    }
    return map;
  }

  /** Reads a text key, or an integer key as its digits. */
  key(): string {
    const head = this.#cursor.peek();
    if (!isInteger(head) && !isText(head))
      throw unsupported('has a map with a key that is neither text nor an integer');
    return checkKey(String(this.item(0)));
  }
}
