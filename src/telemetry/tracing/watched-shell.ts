/**
 * Stands in front of the shell for the calls that are refused before they are one: a body that is late, too large
 * or no message, or no room. They are short spans without a parent.
 */
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import type { Shell } from '../../core/runtime.ts';
import { describeRpc, describeStatus, methodOf } from './describe-call.ts';
import { names } from './names.ts';
import type { Spans } from './spans.ts';

const INNER = Symbol('inner');

type WatchedShell = Shell & { readonly [INNER]?: Shell };

/** The shell of each call, watched. */
export function watchShell(current: () => Shell, spans: Spans): () => Shell {
  let last: { readonly shell: Shell; readonly watched: WatchedShell } | undefined;
  return () => {
    const shell = current();
    if (last?.shell !== shell) last = { shell, watched: watch(shell, spans) };
    return last.watched;
  };
}

/** The shell behind: a call has a span of its own. */
export function unwatched(shell: WatchedShell): Shell {
  return shell[INNER] ?? shell;
}

function watch(shell: Shell, spans: Spans): WatchedShell {
  return {
    ...shell,
    [INNER]: shell,
    failed(rpc, failure) {
      // What is at no path of ours is no call.
      if (rpc !== undefined) {
        const options = { kind: SpanKind.SERVER, attributes: describeRpc(rpc) };
        const span = spans.start(methodOf(rpc), options, ROOT_CONTEXT);
        span?.set({ ...describeStatus(failure), [names.outcome]: failure.code });
        span?.fail(failure.code);
        span?.end();
      }
      return shell.failed(rpc, failure);
    },
  };
}
