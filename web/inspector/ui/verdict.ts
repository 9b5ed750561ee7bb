/** Verdicts in words, and how loudly they are shown. */
import type { EventRow, EventState, Verdict } from '../../../src/inspector/api.ts';

const words: Readonly<Record<Verdict, string>> = {
  allow: 'allowed',
  deny: 'denied',
  ignore: 'left to broker',
  pass: 'unchanged',
  rewrite: 'rewritten',
  drop: 'dropped',
  observed: 'observed',
  loaded: 'hooks listed',
  failed: 'failed',
};

export type Tone = 'deny' | 'warn' | 'changed' | 'quiet';

export const wordOf = (verdict: Verdict): string => words[verdict] ?? verdict;

export function toneOf(verdict: Verdict): Tone {
  if (verdict === 'deny' || verdict === 'drop') return 'deny';
  if (verdict === 'failed') return 'warn';
  return verdict === 'rewrite' ? 'changed' : 'quiet';
}

/** From what needs attention to what does not. */
const urgency: readonly EventState[] = [
  'rejected',
  'dropped',
  'withdrawn',
  'retrying',
  'spooled',
  'sending',
  'queued',
  'delivered',
];

export function toneOfState(state: EventState): Tone {
  if (state === 'rejected' || state === 'dropped') return 'deny';
  return state === 'retrying' || state === 'withdrawn' ? 'warn' : 'quiet';
}

export interface EventSummary {
  readonly state: EventState;
  readonly count: number;
}

/** The state that needs attention most, and how many deliveries are in it; nothing when no sink gets an event. */
export function summarizeEvents(events: readonly EventRow[]): EventSummary | undefined {
  const states = events.flatMap(({ sinks }) => Object.values(sinks));
  const state = urgency.find((candidate) => states.includes(candidate));
  return state && { state, count: states.filter((other) => other === state).length };
}
