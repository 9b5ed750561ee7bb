/** Counts outcomes and durations of calls: plain numbers that are updated by calls and read when metrics are asked for. */
import { type FailureCode, failureCodes } from '../protocol/failure.ts';
import { type HookName, hookNames } from '../protocol/schema/hook-name.ts';
import type { Reply } from '../protocol/schema/replies.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import { Histogram, type Observed } from './histogram.ts';

/** The outcome of a call: the kind of its reply, or why its hook gave none. */
export type CallOutcome = Reply['kind'] | FailureCode;

const replyKinds = ['observed', 'allow', 'deny', 'ignore', 'pass', 'rewrite', 'drop', 'loaded'] as const;

/** In the order of the columns in a row of counts. */
export const callOutcomes: readonly CallOutcome[] = [
  ...(replyKinds satisfies readonly Reply['kind'][]),
  ...failureCodes,
];

const places = Object.fromEntries(callOutcomes.map((outcome, place) => [outcome, place])) as Record<
  CallOutcome,
  number
>;

/** The number of calls with one outcome. Hook and version are `none` if no such method exists. */
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

  /** The counts that are not zero. */
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

/** Durations of the calls of one hook. */
export interface Durations extends Observed {
  readonly hook: HookName;
}

/** A histogram for each hook. */
export class DurationTally {
  readonly #rows = new Map<HookName, Histogram>();

  observe({ hook }: Rpc, milliseconds: number): void {
    (this.#rows.get(hook) ?? this.#open(hook)).observe(milliseconds);
  }

  get durations(): Durations[] {
    return hookNames.flatMap((hook) => {
      const row = this.#rows.get(hook);
      return row === undefined ? [] : [{ hook, ...row.observed }];
    });
  }

  #open(hook: HookName): Histogram {
    const row = new Histogram();
    this.#rows.set(hook, row);
    return row;
  }
}
