/** Logs why calls failed, which the caller is not told. */

import { clipStack } from '../log/format/error-fields.ts';
import type { Logger } from '../log/log.ts';
import type { RateLimit } from '../log/rate-limit.ts';
import type { Failure } from '../protocol/failure.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';

/** At most one line a second for each hook and code; the line says how many calls it stands for. */
export function createFailureLog(
  log: Pick<Logger, 'warn' | 'error'>,
  rateLimit: RateLimit,
): (rpc: Rpc | undefined, failure: Failure) => void {
  return (rpc, failure) => {
    const hook = rpc?.hook ?? 'none';
    rateLimit(`${failure.code} ${hook}`, (times) => {
      const fields = { hook, code: failure.code, protocol: rpc?.version, times, ...detailOf(failure) };
      const text = `a call failed: ${failure.message}`;
      if (failure.isOurs) log.error(fields, text);
      else log.warn(fields, text);
    });
  };
}

/** The error of a hook or look-up: name, text and stack, without its other fields, which may hold anything. */
function detailOf({ cause }: Failure): object {
  if (cause === undefined) return {};
  try {
    if (!(cause instanceof Error)) return { cause: typeof cause };
    return { cause: String(cause.name), detail: String(cause.message), stack: clipStack(cause) };
  } catch {
    return { cause: 'unreadable' };
  }
}
