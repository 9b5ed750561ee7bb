/** Wraps the runtime and counts every call once. Created only if metrics may be asked for. */

import type { Runtime } from '../core/runtime.ts';
import { Failure } from '../protocol/failure.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import { CallTally, DurationTally } from './call-tally.ts';
import { LookupTally } from './lookup-tally.ts';

export interface CallWatch {
  readonly calls: CallTally;
  readonly durations: DurationTally;
  readonly lookups: LookupTally;
  /** Wraps the runtime of each call. */
  watch(current: () => Runtime): () => Runtime;
  /** Called when the reply to a fully read call is written. */
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
        // The reply of `onError` to a failed call, which is already counted as failed.
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
