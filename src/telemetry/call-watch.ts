/** Stands between the flow and its runtime and counts every call once. Made only when somebody may ask. */

import type { Runtime } from '../core/runtime.ts';
import { Failure } from '../protocol/failure.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import { CallTally, DurationTally } from './call-tally.ts';
import { LookupTally } from './lookup-tally.ts';

export interface CallWatch {
  readonly calls: CallTally;
  readonly durations: DurationTally;
  readonly lookups: LookupTally;
  /** The runtime of each call, watched. */
  watch(current: () => Runtime): () => Runtime;
  /** A call that was read whole has its reply written. */
  answered(rpc: Rpc, milliseconds: number): void;
}

export function createCallWatch(): CallWatch {
  const calls = new CallTally();
  const durations = new DurationTally();
  const lookups = new LookupTally();

  function watched(runtime: Runtime): Runtime {
    return {
      ...runtime,
      lookups: lookups.watch(runtime.lookups),
      decided(rpc, input, outcome, since, budget, failure) {
        const held = runtime.decided(rpc, input, outcome, since, budget, failure);
        // The answer of `onError` to a call that failed: it is counted as failed already.
        if (failure !== undefined) return held;
        if (!held) calls.count(rpc, outcome.reply.kind);
        else
          held.then((instead) => {
            if (!(instead instanceof Failure)) calls.count(rpc, (instead ?? outcome.reply).kind);
          });
        return held;
      },
      failed(rpc, failure) {
        calls.count(rpc, failure.code);
        return runtime.failed(rpc, failure);
      },
    };
  }

  return {
    calls,
    durations,
    lookups,
    answered: (rpc, milliseconds) => durations.observe(rpc, milliseconds),
    watch(current) {
      let last: { readonly runtime: Runtime; readonly watched: Runtime } | undefined;
      return () => {
        const runtime = current();
        if (last?.runtime !== runtime) last = { runtime, watched: watched(runtime) };
        return last.watched;
      };
    },
  };
}
