/**
 * Caches decoded blocks by their octets. After the first calls of a connection, peers send blocks of indexed fields
 * only. While the dynamic table does not change, the same octets mean the same fields.
 */
import type { HeaderBlock } from './header-block.ts';
import { latin1 } from './latin1.ts';

/** Longest block to cache, in octets: an indexed field has one or two. */
const MAX_OCTETS = 64;
/** Most blocks per decoder. */
const MAX_BLOCKS = 64;
/** Most memory per decoder for them, in bytes. */
const MAX_BYTES = 16 * 1024;

/** Memory of an entry besides its octets and its list of fields, in bytes: an estimate on the high side. */
const ENTRY_BYTES = 256;
/** A reference, in bytes. The fields themselves belong to the tables. */
const REFERENCE_BYTES = 8;

interface Remembered {
  /** As latin1: in V8 a string costs less than an array of octets. */
  readonly octets: string;
  readonly block: HeaderBlock;
}

export class RememberedBlocks {
  /** By a hash of the octets. Of two blocks with one hash, the later stays. A map keeps the order of insertion. */
  readonly #blocks = new Map<number, Remembered>();
  #bytes = 0;

  /** Memory in bytes: an estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @returns the cached result for the octets from `start` to `end`, if any. */
  find(octets: Uint8Array, start: number, end: number): HeaderBlock | undefined {
    if (this.#blocks.size === 0 || end - start > MAX_OCTETS) return undefined;
    const known = this.#blocks.get(hashOf(octets, start, end));
    return known !== undefined && isSame(known.octets, octets, start, end) ? known.block : undefined;
  }

  add(octets: Uint8Array, start: number, end: number, block: HeaderBlock): void {
    if (end - start > MAX_OCTETS) return;
    const hash = hashOf(octets, start, end);
    this.#delete(hash);
    const text = latin1(octets, start, end);
    this.#blocks.set(hash, { octets: text, block });
    this.#bytes += bytesOf(text, block);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= MAX_BLOCKS && this.#bytes <= MAX_BYTES) break;
      this.#delete(oldest);
    }
  }

  /** Clears the cache: the table has changed. */
  clear(): void {
    if (this.#blocks.size === 0) return;
    this.#blocks.clear();
    this.#bytes = 0;
  }

  #delete(hash: number): void {
    const known = this.#blocks.get(hash);
    if (known === undefined) return;
    this.#bytes -= bytesOf(known.octets, known.block);
    this.#blocks.delete(hash);
  }
}

function bytesOf(octets: string, { fields }: HeaderBlock): number {
  return ENTRY_BYTES + octets.length + fields.length * REFERENCE_BYTES;
}

/** FNV-1a in 30 bits, which V8 stores unboxed. */
function hashOf(octets: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (octets[at] as number), 0x01000193);
  return hash & 0x3fffffff;
}

function isSame(text: string, octets: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== octets[start + at]) return false;
  return true;
}
