/** Wraps each look-up in a span. The span is active in it: the user's own instrumentation nests. */

import type { Lookup } from '../../core/runtime.ts';
import { Failure } from '../../protocol/failure.ts';
import { names } from './names.ts';
import type { RunningSpan } from './running-span.ts';
import type { Spans } from './spans.ts';

type Lookups = Readonly<Record<string, Lookup>>;

/** @param parent the span of the call that asks. */
export function traceLookups(lookups: Lookups, parent: RunningSpan, spans: Spans): Lookups {
  const traced = Object.entries(lookups).map(([kind, lookup]) => [
    kind,
    traceLookup(kind, lookup, parent, spans),
  ]);
  return Object.fromEntries(traced);
}

function traceLookup(kind: string, lookup: Lookup, parent: RunningSpan, spans: Spans): Lookup {
  return async (question, world) => {
    const span = spans.start(`lookup ${kind}`, { attributes: { [names.lookup]: kind } }, parent.context);
    if (span === undefined) return await lookup(question, world);
    const stopListening = span.endOnAbort(world.signal, 'deadline');
    try {
      return await spans.within(span.context, () => lookup(question, world));
    } catch (error) {
      span.fail(error instanceof Failure ? error.code : 'lookup_failed');
      throw error;
    } finally {
      stopListening();
      span.end();
    }
  };
}
