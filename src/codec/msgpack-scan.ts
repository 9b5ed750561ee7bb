/**
 * One pass over MessagePack before the library reads it: the library believes announced sizes, takes bytes
 * that are not UTF-8 for text, and has no limits of its own.
 */
import { isUtf8 } from 'node:buffer';
import { malformed, unsupported } from './error.ts';
import { type CodecLimits, tooDeep, tooManyItems } from './limits.ts';
import { checkKey } from './value.ts';

export interface MsgpackScan {
  /** The entries of all maps, with those whose key comes again. */
  readonly entries: number;
  /** Is an integer in it that a number cannot hold? */
  readonly hasLongInteger: boolean;
}

/** @throws CodecError when it is not well-formed, beyond the limits, or of a kind that is not read */
export function scanMsgpack(bytes: Uint8Array, limits: CodecLimits): MsgpackScan {
  const scanner = new Scanner(bytes, limits);
  scanner.item(0);
  scanner.end();
  return scanner;
}

/** The timestamp, the one extension type that the specification defines. */
const TIMESTAMP = 0xff;

type Kind =
  | 'data'
  | 'unsigned'
  | 'signed'
  | 'bytes'
  | 'text'
  | 'array'
  | 'map'
  | 'extension'
  | 'fixed extension'
  | 'never used';
/** What follows a head, and how many bytes it takes, or its length takes when that is what comes first. */
type Head = readonly [kind: Kind, size: number];

const neverUsed: Head = ['never used', 0];
const sizes = (kind: Kind, ...bytes: number[]): Head[] => bytes.map((size) => [kind, size]);

/** From 0xc0 to 0xdf. */
const heads: readonly Head[] = [
  ...[...sizes('data', 0), neverUsed, ...sizes('data', 0, 0)],
  ...sizes('bytes', 1, 2, 4),
  ...sizes('extension', 1, 2, 4),
  ...sizes('data', 4, 8),
  ...[...sizes('data', 1, 2, 4), ...sizes('unsigned', 8)],
  ...[...sizes('data', 1, 2, 4), ...sizes('signed', 8)],
  ...sizes('fixed extension', 1, 2, 4, 8, 16),
  ...sizes('text', 1, 2, 4),
  ...sizes('array', 2, 4),
  ...sizes('map', 2, 4),
];

class Scanner implements MsgpackScan {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #limits: CodecLimits;
  #at = 0;
  #items = 0;
  entries = 0;
  hasLongInteger = false;

  constructor(bytes: Uint8Array, limits: CodecLimits) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limits = limits;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed('goes on after its end');
  }

  item(depth: number): void {
    const head = this.#bytes[this.#skip(1)] as number;
    if (head < 0x80 || head >= 0xe0) return;
    if (head < 0x90) this.#map(head & 0x0f, depth);
    else if (head < 0xa0) this.#array(head & 0x0f, depth);
    else if (head < 0xc0) this.#text(head & 0x1f);
    else this.#long(heads[head - 0xc0], depth);
  }

  #long([kind, size]: Head = neverUsed, depth: number): void {
    if (kind === 'data') this.#skip(size);
    else if (kind === 'unsigned' || kind === 'signed') this.#integer64(kind);
    else if (kind === 'text') this.#text(this.#length(size));
    else if (kind === 'bytes') this.#skip(this.#length(size));
    else if (kind === 'array') this.#array(this.#length(size), depth);
    else if (kind === 'map') this.#map(this.#length(size), depth);
    else if (kind === 'extension') this.#extension(this.#length(size));
    else if (kind === 'fixed extension') this.#extension(size);
    else throw malformed('has a type byte that is never used');
  }

  /** Steps over so many bytes, and gives where they begin. */
  #skip(size: number): number {
    const start = this.#at;
    if (size > this.#bytes.length - start) throw malformed('ends too early');
    this.#at = start + size;
    return start;
  }

  /** A length of 1, 2 or 4 bytes. */
  #length(size: number): number {
    const start = this.#skip(size);
    if (size === 1) return this.#view.getUint8(start);
    return size === 2 ? this.#view.getUint16(start) : this.#view.getUint32(start);
  }

  #integer64(kind: 'unsigned' | 'signed'): void {
    const start = this.#skip(8);
    const high = kind === 'unsigned' ? this.#view.getUint32(start) : this.#view.getInt32(start);
    if (high >= 2 ** 21 || high <= -(2 ** 21)) this.hasLongInteger = true;
  }

  #text(size: number): void {
    const start = this.#skip(size);
    let at = start;
    while (at < this.#at && (this.#bytes[at] as number) < 0x80) at++;
    if (at < this.#at && !isUtf8(this.#bytes.subarray(at, this.#at)))
      throw malformed('has text that is not valid UTF-8');
  }

  #extension(size: number): void {
    const type = this.#bytes[this.#skip(1)];
    this.#skip(size);
    if (type !== TIMESTAMP) throw unsupported('has an extension type other than timestamp');
    if (size !== 4 && size !== 8 && size !== 12) throw malformed('has a timestamp of a wrong size');
  }

  #enter(items: number, depth: number): void {
    if (depth >= this.#limits.maxDepth) throw tooDeep(this.#limits);
    this.#items += items;
    if (this.#items > this.#limits.maxItems) throw tooManyItems(this.#limits);
  }

  #array(size: number, depth: number): void {
    this.#enter(size, depth);
    for (let i = 0; i < size; i++) this.item(depth + 1);
  }

  #map(size: number, depth: number): void {
    this.#enter(size, depth);
    this.entries += size;
    for (let i = 0; i < size; i++) {
      this.#key();
      this.item(depth + 1);
    }
  }

  /** Text or an integer. */
  #key(): void {
    const start = this.#at;
    const head = this.#bytes[start] ?? 0;
    const isInteger = head < 0x80 || head >= 0xe0 || (head >= 0xcc && head <= 0xd3);
    const isText = (head >= 0xa0 && head < 0xc0) || (head >= 0xd9 && head <= 0xdb);
    if (!isInteger && !isText) throw unsupported('has a map with a key that is neither text nor an integer');
    this.item(0);
    const headSize = head < 0xc0 ? 1 : 1 + (heads[head - 0xc0]?.[1] ?? 0);
    // The library refuses it as well, but not with our error.
    if (isText && this.#at - start - headSize === '__proto__'.length)
      checkKey(Buffer.from(this.#bytes.subarray(start + headSize, this.#at)).toString('latin1'));
  }
}
