/** About how much memory an event holds on to, so that a queue can be bounded by more than its length. */
import type { StampedEvent } from '../schema/event.ts';

/** What an object, its fields and its place in a queue take, roughly. */
const OBJECT_BYTES = 64;
const FIELD_BYTES = 8;
const MAX_DEPTH = 6;
/** What is larger than any event may be in full; data that contains itself ends here. */
const ENOUGH = 64 * 1024 * 1024;

/** Bytes; text counts one a character, as V8 holds what is Latin-1. */
export function estimateBytes({ id, subject, data }: StampedEvent): number {
  return OBJECT_BYTES + id.length + (subject?.length ?? 0) + sizeOf(data, MAX_DEPTH);
}

function sizeOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (value instanceof Uint8Array) return OBJECT_BYTES + value.byteLength;
  let bytes = OBJECT_BYTES;
  if (depth === 0) return bytes;
  for (const key in value) {
    bytes += FIELD_BYTES + sizeOf((value as Record<string, unknown>)[key], depth - 1);
    if (bytes > ENOUGH) break;
  }
  return bytes;
}
