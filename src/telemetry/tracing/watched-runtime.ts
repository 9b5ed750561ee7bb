/**
 * Stands in front of the runtime for the calls that are refused before they are one: a body that is late, too large
 * or no message, or no room. They are short spans without a parent.
 */
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import type { Runtime } from '../../core/runtime.ts';
import { describeRpc, describeStatus, methodOf } from './describe-call.ts';
import { names } from './names.ts';
import type { Spans } from './spans.ts';

const INNER = Symbol('inner');

type WatchedRuntime = Runtime & { readonly [INNER]?: Runtime };

/** The runtime of each call, watched. */
export function watchRuntime(current: () => Runtime, spans: Spans): () => Runtime {
  let last: { readonly runtime: Runtime; readonly watched: WatchedRuntime } | undefined;
  return () => {
    const runtime = current();
    if (last?.runtime !== runtime) last = { runtime, watched: watch(runtime, spans) };
    return last.watched;
  };
}

/** The runtime behind: a call has a span of its own. */
export function unwatched(runtime: WatchedRuntime): Runtime {
  return runtime[INNER] ?? runtime;
}

function watch(runtime: Runtime, spans: Spans): WatchedRuntime {
  return {
    ...runtime,
    [INNER]: runtime,
    failed(rpc, failure) {
      // What is at no path of ours is no call.
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
