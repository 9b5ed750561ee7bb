/**
 * Bounds a line of the log, whoever made it: texts, lists and depth. One denied login must not write a megabyte.
 *
 * Nothing is copied unless something is cut.
 */
import { clip, MAX_VALUE } from '../../lib/clip.ts';

/** Texts of ours, or with a bound of their own where they are made: most characters by the name of their field. */
const limits: Readonly<Record<string, number>> = {
  detail: 1024,
  file: 4096,
  path: 4096,
  stack: 8192,
  stack_trace: 8192,
  when: 1024,
};

const MAX_DEPTH = 6;
/** Entries of a list, and fields of a mapping. */
const MAX_ENTRIES = 64;

export const MAX_MESSAGE = 2048;

export function clipFields(fields: Record<string, unknown>): Record<string, unknown> {
  return clipMapping(fields, 0);
}

function clipValue(key: string, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return clip(value, limits[key] ?? MAX_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  // Its serializer bounds it.
  if (value instanceof Error) return value;
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  if (depth === MAX_DEPTH) return '(too deep)';
  if (Array.isArray(value)) return clipList(key, value, depth + 1);
  return isPlain(value) ? clipMapping(value, depth + 1) : value;
}

function clipList(key: string, list: readonly unknown[], depth: number): unknown {
  const isLong = list.length > MAX_ENTRIES;
  const entries = isLong ? list.slice(0, MAX_ENTRIES) : list;
  const clipped = entries.map((entry) => clipValue(key, entry, depth));
  if (isLong) return [...clipped, `… ${list.length - MAX_ENTRIES} more`];
  return clipped.every((entry, i) => entry === list[i]) ? list : clipped;
}

function clipMapping(mapping: Record<string, unknown>, depth: number): Record<string, unknown> {
  let clipped: Record<string, unknown> | undefined;
  let count = 0;
  for (const key in mapping) {
    if (++count > MAX_ENTRIES || key.length > MAX_VALUE) return clipLarge(mapping, depth);
    const value = mapping[key];
    const bounded = clipValue(key, value, depth);
    if (bounded === value) continue;
    clipped ??= { ...mapping };
    clipped[key] = bounded;
  }
  return clipped ?? mapping;
}

/** Of a mapping with too many fields, or with names that are too long. */
function clipLarge(mapping: Record<string, unknown>, depth: number): Record<string, unknown> {
  const entries = Object.entries(mapping);
  const kept = entries
    .slice(0, MAX_ENTRIES)
    .map(([key, value]) => [clip(key), clipValue(key, value, depth)] as const);
  const more = entries.length - kept.length;
  return Object.fromEntries(more > 0 ? [...kept, ['more', more]] : kept);
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
