/** Live's state: what has come, what is shown, whether it is held. Several things of one frame become one drawing. */
import { computed, effect, signal } from '@preact/signals';
import type { CallRow, Calls, StreamMessages } from '../../../src/inspector/api.ts';
import { describeError, get } from '../api/client.ts';
import { loadInfo } from '../api/info.ts';
import { follow } from '../api/stream.ts';
import { announce } from '../ui/announce.tsx';
import { CallStore, MOST_CALLS } from './call-store.ts';

/** Calls of one answer. */
const PAGE = 200;
/** While the list is held nothing may go that has not been seen: twice as much is kept before anything does. */
const MOST_HELD = 2 * MOST_CALLS;

export const calls = new CallStore();
/** Another number whenever the calls changed. */
export const version = signal(0);
/** The last call that is shown while the list is held. */
const heldAt = signal<number | undefined>(undefined);
export const isPaused = computed(() => heldAt.value !== undefined);
export const hasOlder = signal(false);
export const isLoadingOlder = signal(false);
/** Calls that came faster than they could be sent, and have left the server's memory. */
export const lost = signal(0);
/** What the server says of the filter, or of older calls. */
export const problem = signal<string | undefined>(undefined);
/** Calls a second, over the last seconds. */
export const rate = signal(0);
export const revision = signal<string | undefined>(undefined);

/** How many calls are shown: all, or those that had come when it was paused. */
export const shown = computed(() => {
  void version.value;
  return heldAt.value === undefined ? calls.size : calls.indexFrom(heldAt.value + 1);
});
/** How many came since. */
export const waiting = computed(() => {
  void version.value;
  return calls.size - shown.value;
});

export function togglePause(): void {
  heldAt.value = isPaused.value ? undefined : (calls.last?.seq ?? 0);
  announce(isPaused.value ? 'Paused: calls are kept' : 'Live again');
}

let current = '';
let arrivals: { at: number; calls: number }[] = [];

/** Shows the calls of a filter from now on. @returns what ends it */
export function watch(filter: string): () => void {
  current = filter;
  reset();
  problem.value = undefined;
  heldAt.value = undefined;
  const end = follow(filter, {
    start: (start) => onStart(filter, start),
    calls: onCalls,
    states: (states) => {
      calls.update(states);
      redraw();
    },
    dropped: (dropped) => {
      lost.value += dropped.calls;
    },
    revision: ({ revision: name }) => {
      revision.value = name;
      announce(`Policy revision ${name ?? ''} is in force`);
    },
  });
  const ticking = setInterval(countRate, 1_000);
  return () => {
    end();
    clearInterval(ticking);
  };
}

function reset(): void {
  calls.clear();
  arrivals = [];
  lost.value = 0;
  hasOlder.value = false;
  redraw();
}

function onStart(filter: string, { isResumed, last }: StreamMessages['start']): void {
  void loadInfo().catch(() => {});
  if (isResumed) return;
  // Sequence numbers of a restarted server begin anew.
  if (calls.size > 0) announce('The server was restarted');
  reset();
  heldAt.value = isPaused.value ? last : undefined;
  void loadBefore(filter, last + 1);
}

function onCalls(rows: readonly CallRow[]): void {
  calls.add(rows);
  arrivals.push({ at: performance.now(), calls: rows.length });
  calls.trim(isPaused.value ? MOST_HELD : MOST_CALLS);
  redraw();
}

/** Asks for the page of calls before the oldest that is here. */
export async function loadOlder(): Promise<void> {
  const oldest = calls.first?.seq;
  if (oldest !== undefined && hasOlder.value && !isLoadingOlder.value) await loadBefore(current, oldest);
}

async function loadBefore(filter: string, before: number): Promise<void> {
  isLoadingOlder.value = true;
  try {
    const page = await get<Calls>('/api/calls', { filter, before, limit: PAGE });
    if (filter !== current) return;
    calls.add(page.calls);
    hasOlder.value = page.hasMore;
    redraw();
  } catch (error) {
    if (filter === current) problem.value = describeError(error);
  } finally {
    isLoadingOlder.value = false;
  }
}

let pendingFrame = 0;

function redraw(): void {
  if (pendingFrame !== 0) return;
  // A hidden page gets no frames, and needs none.
  pendingFrame = requestAnimationFrame(() => {
    pendingFrame = 0;
    version.value++;
  });
}

/** Milliseconds over which the rate is counted. */
const RATE_WINDOW = 5_000;

function countRate(): void {
  const since = performance.now() - RATE_WINDOW;
  arrivals = arrivals.filter(({ at }) => at > since);
  rate.value = arrivals.reduce((sum, { calls: number }) => sum + number, 0) / (RATE_WINDOW / 1_000);
}

effect(() => {
  if (!isPaused.value && calls.trim(MOST_CALLS) > 0) redraw();
});
