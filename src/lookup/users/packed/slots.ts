/** Indexes packed users: open addressing over the hash of their keys. */
import { PackedReader } from './reader.ts';
import { type HashKey, sipHash } from './sip-hash.ts';

/** Offset of each user plus one; 0 is a free slot. The length is a power of two. */
export type Slots = Uint32Array;

/** Packed users and their index. */
export interface Indexed {
  readonly slots: Slots;
  readonly bytes: Buffer;
  readonly hashKey: HashKey;
}

/** Finds the slot of this key, or the free one where it belongs. */
export function findSlot({ slots, bytes, hashKey }: Indexed, key: Buffer, length: number): number {
  const mask = slots.length - 1;
  let slot = sipHash(key, 0, length, hashKey) & mask;
  for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
    if (hasKey(bytes, (slots[slot] as number) - 1, key, length)) break;
  }
  return slot;
}

function hasKey(bytes: Buffer, at: number, key: Buffer, length: number): boolean {
  const from = new PackedReader(bytes, at);
  if (from.count() !== length) return false;
  const start = from.position;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== key[i]) return false;
  return true;
}

/** Returns the same users in an index of twice the size. */
export function growSlots({ slots, bytes, hashKey }: Indexed): Slots {
  const grown = new Uint32Array(2 * slots.length);
  const mask = grown.length - 1;
  for (const entry of slots) {
    if (entry === 0) continue;
    const from = new PackedReader(bytes, entry - 1);
    const length = from.count();
    let slot = sipHash(bytes, from.position, length, hashKey) & mask;
    while (grown[slot] !== 0) slot = (slot + 1) & mask;
    grown[slot] = entry;
  }
  return grown;
}
