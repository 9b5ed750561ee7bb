/** Joins several recordings into one stream of calls. */
import type { FileCall } from '../../protocol/wire/read-recording.ts';

/**
 * Recordings of overlapping times, such as those of several workers, are merged by the time of their calls.
 * Others follow one another. Each recording has its own connections.
 */
export function joinLives(recordings: readonly (readonly FileCall[])[]): FileCall[] {
  const lives: FileCall[][] = [];
  let lanes = 0;
  for (const calls of recordings) {
    const own = calls.map((call) => ({ ...call, connection: call.connection + lanes }));
    lanes = Math.max(lanes, ...own.map(({ connection }) => connection));
    const last = lives.at(-1);
    if (last !== undefined && isOfSameTime(last, own))
      lives[lives.length - 1] = interleave([...last, ...own]);
    else lives.push(own);
  }
  let start = 0;
  return lives.flatMap((life) => {
    const shifted = life.map((call) => ({ ...call, atMs: call.atMs + start }));
    start = shifted.at(-1)?.atMs ?? start;
    return shifted;
  });
}

function isOfSameTime(one: readonly FileCall[], other: readonly FileCall[]): boolean {
  const [a, b] = [spanOf(one), spanOf(other)];
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}

/** In milliseconds since 1970; `undefined` when a call has no time. */
function spanOf(calls: readonly FileCall[]): { first: number; last: number } | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { timeMs } of calls) {
    if (timeMs === undefined) return undefined;
    first = Math.min(first, timeMs);
    last = Math.max(last, timeMs);
  }
  return calls.length === 0 ? undefined : { first, last };
}

function interleave(calls: readonly FileCall[]): FileCall[] {
  const sorted = [...calls].sort((a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0));
  const first = sorted[0]?.timeMs ?? 0;
  return sorted.map((call) => ({ ...call, atMs: (call.timeMs ?? first) - first }));
}
