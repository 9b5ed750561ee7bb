/** Stands between the flow and its shell and counts every call once. Made only when somebody may ask. */

import type { Shell } from '../core/runtime.ts';
import { Failure } from '../protocol/failure.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import { CallTally, DurationTally } from './call-tally.ts';
import { LookupTally } from './lookup-tally.ts';

export interface CallWatch {
  readonly calls: CallTally;
  readonly durations: DurationTally;
  readonly lookups: LookupTally;
  /** The shell of each call, watched. */
  watch(current: () => Shell): () => Shell;
  /** A call that was read whole has its reply written. */
  answered(rpc: Rpc, milliseconds: number): void;
}

export function createCallWatch(): CallWatch {
  const calls = new CallTally();
  const durations = new DurationTally();
  const lookups = new LookupTally();

  function watched(shell: Shell): Shell {
    return {
      ...shell,
      lookups: lookups.watch(shell.lookups),
      begin: () => performance.now(),
      decided(rpc, input, outcome, since, budget, failure) {
        const held = shell.decided(rpc, input, outcome, since, budget, failure);
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
        return shell.failed(rpc, failure);
      },
    };
  }

  return {
    calls,
    durations,
    lookups,
    answered: (rpc, milliseconds) => durations.observe(rpc, milliseconds),
    watch(current) {
      let last: { readonly shell: Shell; readonly watched: Shell } | undefined;
      return () => {
        const shell = current();
        if (last?.shell !== shell) last = { shell, watched: watched(shell) };
        return last.watched;
      };
    },
  };
}
