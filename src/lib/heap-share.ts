import { getHeapStatistics } from 'node:v8';

/** Returns a fraction of this process's heap limit, in bytes. */
export function heapShare(part: number): number {
  return Math.floor(getHeapStatistics().heap_size_limit * part);
}
