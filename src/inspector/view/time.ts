/** Milliseconds since 1970 of a time by `performance.now()`: calls are dated by the start of the process and a monotonic clock. */
export function toDate(at: number): number {
  return Math.round((performance.timeOrigin + at) * 1000) / 1000;
}
