import { getHeapStatistics } from 'node:v8';

/** A part of the heap that this process may have, in bytes. */
export function heapShare(part: number): number {
  return Math.floor(getHeapStatistics().heap_size_limit * part);
}
