/** Counts outcomes and durations of look-ups, by the kind of their question. */

import type { Lookup } from '../core/runtime.ts';
import { Failure, type FailureCode, failureCodes } from '../protocol/failure.ts';
import { Histogram, type Observed } from './histogram.ts';

/** `answered`, or why there was no answer. `deadline`: the call did not wait any longer. */
export type LookupOutcome = 'answered' | FailureCode;

export const lookupOutcomes: readonly LookupOutcome[] = ['answered', ...failureCodes];

/** The number of look-ups of one kind with one outcome. */
export interface LookupCount {
  readonly kind: string;
  readonly outcome: LookupOutcome;
  readonly lookups: number;
}

export interface LookupDurations extends Observed {
  readonly kind: string;
}

/** The most kinds that are counted separately: each is a dozen time series, and a reload may bring others. */
const MAX_KINDS = 50;

/** The name of all others together. */
const REST = '(others)';

class Row {
  readonly counts = new Map<LookupOutcome, number>();
  readonly durations = new Histogram();

  ended(outcome: LookupOutcome, since: number): void {
    this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1);
    this.durations.observe(performance.now() - since);
  }
}

export class LookupTally {
  readonly #rows = new Map<string, Row>();

  /** Wraps look-ups to count them. */
  watch(lookups: Readonly<Record<string, Lookup>>): Record<string, Lookup> {
    return Object.fromEntries(
      Object.entries(lookups).map(([kind, lookup]) => [kind, watchLookup(lookup, this.#rowOf(kind))]),
    );
  }

  /** The counts that are not zero. */
  get counts(): LookupCount[] {
    return [...this.#rows].flatMap(([kind, { counts }]) =>
      [...counts].map(([outcome, lookups]) => ({ kind, outcome, lookups })),
    );
  }

  /** The durations of the kinds that were asked. */
  get durations(): LookupDurations[] {
    return [...this.#rows]
      .filter(([, { counts }]) => counts.size > 0)
      .map(([kind, { durations }]) => ({ kind, ...durations.observed }));
  }

  #rowOf(kind: string): Row {
    const name = this.#rows.has(kind) || this.#rows.size < MAX_KINDS ? kind : REST;
    const row = this.#rows.get(name) ?? new Row();
    this.#rows.set(name, row);
    return row;
  }
}

function watchLookup(lookup: Lookup, row: Row): Lookup {
  return (question, context) => {
    const since = performance.now();
    let answer: unknown;
    try {
      answer = lookup(question, context);
    } catch (error) {
      row.ended(codeOf(error), since);
      throw error;
    }
    if (isPromise(answer)) follow(answer, context.signal, (outcome) => row.ended(outcome, since));
    else row.ended('answered', since);
    return answer;
  };
}

/** A look-up may never end after its call has stopped waiting: it counts as over when its call is. */
function follow(
  answer: PromiseLike<unknown>,
  signal: AbortSignal,
  ended: (outcome: LookupOutcome) => void,
): void {
  let isOver = false;
  const end = (outcome: LookupOutcome): void => {
    if (isOver) return;
    isOver = true;
    signal.removeEventListener('abort', giveUp);
    ended(outcome);
  };
  const giveUp = (): void => end('deadline');
  signal.addEventListener('abort', giveUp, { once: true });
  answer.then(
    () => end('answered'),
    (error) => end(signal.aborted ? 'deadline' : codeOf(error)),
  );
}

function isPromise(answer: unknown): answer is PromiseLike<unknown> {
  return typeof (answer as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

/** The outcome as the asking call sees it. */
function codeOf(error: unknown): FailureCode {
  return error instanceof Failure ? error.code : 'lookup_failed';
}
