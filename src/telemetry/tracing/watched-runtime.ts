/**
 * Wraps the runtime to trace requests that are refused before they become a call: a body that is late, too large or no
 * message, or no room. Each gets a short span without a parent.
 */
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import type { Runtime } from '../../core/runtime.ts';
import { describeRpc, describeStatus, methodOf } from './describe-call.ts';
import { names } from './names.ts';
import type { Spans } from './spans.ts';

const INNER = Symbol('inner');

type WatchedRuntime = Runtime & { readonly [INNER]?: Runtime };

/** Wraps the runtime of each call. */
export function watchRuntime(current: () => Runtime, spans: Spans): () => Runtime {
  let last: { readonly runtime: Runtime; readonly watched: WatchedRuntime } | undefined;
  return () => {
    const runtime = current();
    if (last?.runtime !== runtime) last = { runtime, watched: watch(runtime, spans) };
    return last.watched;
  };
}

/** The wrapped runtime: a call has its own span. */
export function unwatched(runtime: WatchedRuntime): Runtime {
  return runtime[INNER] ?? runtime;
}

function watch(runtime: Runtime, spans: Spans): WatchedRuntime {
  return {
    ...runtime,
    [INNER]: runtime,
    failed(rpc, failure) {
      // A request for an unknown path is not a call.
      if (rpc !== undefined) {
        const options = { kind: SpanKind.SERVER, attributes: describeRpc(rpc) };
        const span = spans.start(methodOf(rpc), options, ROOT_CONTEXT);
        span?.set({ ...describeStatus(failure), [names.outcome]: failure.code });
        span?.fail(failure.code);
        span?.end();
      }
      return runtime.failed(rpc, failure);
    },
  };
}
