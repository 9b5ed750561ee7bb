/** What is kept of one event: where it went, and what became of it there. */
import type { EventState } from '../api.ts';
import type { CallRecord } from './call-record.ts';

/** The last steps of an event at one sink. More are left out, the oldest first. */
export const MAX_STEPS = 16;

export interface EventStep {
  /** By `performance.now()`. */
  readonly at: number;
  readonly state: EventState;
  readonly reason: string | undefined;
}

/** One event at one sink. */
export interface AtSink {
  readonly sink: string;
  attempts: number;
  readonly steps: EventStep[];
}

export interface EventRecord {
  readonly id: string;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The calls that reported it and are in the ring. */
  readonly calls: CallRecord[];
  readonly sinks: AtSink[];
}

/** Bytes of an event and its steps, roughly. */
export const EVENT_BYTES = 800;

export function stateOf({ steps }: AtSink): EventState {
  return steps.at(-1)?.state ?? 'queued';
}

/** @returns the entry for this sink, made when it is the first. */
export function atSink(event: EventRecord, sink: string): AtSink {
  for (const one of event.sinks) if (one.sink === sink) return one;
  const made: AtSink = { sink, attempts: 0, steps: [] };
  event.sinks.push(made);
  return made;
}

export function addStep(one: AtSink, state: EventState, at: number, reason?: string): void {
  if (one.steps.length === MAX_STEPS) one.steps.splice(1, 1);
  one.steps.push({ at, state, reason });
  if (state === 'sending') one.attempts++;
}
