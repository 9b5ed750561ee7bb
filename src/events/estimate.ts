/** Estimates how much memory an event holds, so that a queue can be limited in bytes. */
import type { StampedEvent } from '../protocol/schema/event.ts';
import type { Delivery } from '../sinks/delivery.ts';

/** Bytes of an object, and of a field of it, roughly. */
const OBJECT_BYTES = 64;
const FIELD_BYTES = 8;
const MAX_DEPTH = 6;
/** More bytes than any event may have: measuring cyclic data ends here. */
const ENOUGH = 64 * 1024 * 1024;

type Measured = Pick<StampedEvent, 'id' | 'subject' | 'data'>;

/** In bytes. Text counts one byte a character, as V8 stores Latin-1. */
export function estimateBytes({ id, subject, data }: Measured): number {
  return OBJECT_BYTES + id.length + (subject?.length ?? 0) + measure(data, MAX_DEPTH);
}

function measure(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (value instanceof Uint8Array) return OBJECT_BYTES + value.byteLength;
  let bytes = OBJECT_BYTES;
  if (depth === 0) return bytes;
  if (Array.isArray(value)) return bytes + measureList(value, depth - 1);
  for (const key in value) {
    bytes += FIELD_BYTES + measure((value as Record<string, unknown>)[key], depth - 1);
    if (bytes > ENOUGH) break;
  }
  return bytes;
}

/** By index: listing the keys of a long array would be slow. */
function measureList(list: readonly unknown[], depth: number): number {
  let bytes = 0;
  for (const item of list) {
    bytes += FIELD_BYTES + measure(item, depth);
    if (bytes > ENOUGH) break;
  }
  return bytes;
}

/** Bytes of the objects of a delivery, without their texts and body, roughly. */
const DELIVERY_BYTES = 640;

/** Bytes of an encoded delivery. */
export function sizeOf({
  id,
  key,
  target = '',
  attributes,
  body,
}: Pick<Delivery, 'id' | 'key' | 'target' | 'attributes' | 'body'>): number {
  let bytes = DELIVERY_BYTES + id.length + key.length + target.length + body.byteLength;
  for (const name in attributes) bytes += attributes[name]?.length ?? 0;
  return bytes;
}

/** `estimateBytes` for data that may throw when it is read: custom hooks may report anything. */
export function estimateSafely(event: Measured): number {
  try {
    return estimateBytes(event);
  } catch {
    return UNREADABLE_BYTES;
  }
}

const UNREADABLE_BYTES = 1024;
