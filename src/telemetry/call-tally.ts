/** How calls ended, and how long they took: plain numbers, added up while calls run and read when somebody asks. */
import { type FailureCode, failureCodes } from '../failure.ts';
import { type HookName, hookNames } from '../schema/hook-name.ts';
import type { Reply } from '../schema/replies.ts';
import type { Rpc } from '../wire/rpc.ts';

/** What came of a call: the kind of its reply, or why there was none of its hook's. */
export type CallOutcome = Reply['kind'] | FailureCode;

const replyKinds = ['observed', 'allow', 'deny', 'ignore', 'pass', 'rewrite', 'drop', 'loaded'] as const;

/** In the order of their place in a row of counts. */
export const callOutcomes: readonly CallOutcome[] = [
  ...(replyKinds satisfies readonly Reply['kind'][]),
  ...failureCodes,
];

const places = Object.fromEntries(callOutcomes.map((outcome, place) => [outcome, place])) as Record<
  CallOutcome,
  number
>;

/** So many calls of one kind had one outcome. Hook and version are `none` where no such method exists. */
export interface CallCount {
  readonly hook: string;
  readonly version: string;
  readonly outcome: CallOutcome;
  readonly calls: number;
}

/** Counts by RPC and outcome. */
export class CallTally {
  /** Doubles, which count exactly up to 2^53; 32-bit integers would overflow within a day. */
  readonly #rows = new Map<Rpc | undefined, Float64Array>();

  count(rpc: Rpc | undefined, outcome: CallOutcome): void {
    const row = this.#rows.get(rpc) ?? this.#open(rpc);
    (row[places[outcome]] as number)++;
  }

  /** Those that are not zero. */
  get counts(): CallCount[] {
    return [...this.#rows].flatMap(([rpc, row]) =>
      callOutcomes.flatMap((outcome, place) => {
        const calls = row[place] ?? 0;
        return calls === 0
          ? []
          : [{ hook: rpc?.hook ?? 'none', version: rpc?.version ?? 'none', outcome, calls }];
      }),
    );
  }

  #open(rpc: Rpc | undefined): Float64Array {
    const row = new Float64Array(callOutcomes.length);
    this.#rows.set(rpc, row);
    return row;
  }
}

/** Upper bounds in milliseconds, from 10 us to 5 s. */
const BOUNDS = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000,
] as const;

/** The same in seconds. */
export const durationBounds: readonly number[] = BOUNDS.map((bound) => bound / 1000);

/** Durations of the calls of one hook. */
export interface Durations {
  readonly hook: HookName;
  /** Calls by bucket, not cumulative; the last one has no upper bound. */
  readonly buckets: readonly number[];
  /** Seconds. */
  readonly sum: number;
}

/** A histogram for each hook. */
export class DurationTally {
  /** Behind the buckets of a row stands the sum. */
  readonly #rows = new Map<HookName, Float64Array>();

  observe({ hook }: Rpc, milliseconds: number): void {
    const row = this.#rows.get(hook) ?? this.#open(hook);
    let bucket = 0;
    // Most calls end in one of the first buckets.
    while (bucket < BOUNDS.length && milliseconds > (BOUNDS[bucket] as number)) bucket++;
    (row[bucket] as number)++;
    (row[BOUNDS.length + 1] as number) += milliseconds;
  }

  get durations(): Durations[] {
    return hookNames.flatMap((hook) => {
      const row = this.#rows.get(hook);
      if (row === undefined) return [];
      return [
        { hook, buckets: [...row.slice(0, BOUNDS.length + 1)], sum: (row[BOUNDS.length + 1] ?? 0) / 1000 },
      ];
    });
  }

  #open(hook: HookName): Float64Array {
    const row = new Float64Array(BOUNDS.length + 2);
    this.#rows.set(hook, row);
    return row;
  }
}
