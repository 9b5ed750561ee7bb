/** `call` with a span around it. */
import { SpanKind } from '@opentelemetry/api';
import { call, type Result } from '../../core/call.ts';
import type { RpcCodec, Runtime } from '../../core/runtime.ts';
import type { Rpc } from '../../protocol/wire/rpc.ts';
import type { CallFlow, CallHeaders } from '../../transport/call-flow.ts';
import { describeRpc, methodOf } from './describe-call.ts';
import { parentOf } from './parent.ts';
import type { RunningSpan } from './running-span.ts';
import type { Spans } from './spans.ts';
import { TracedRuntime, type TracedWorld } from './traced-runtime.ts';
import { unwatched } from './watched-runtime.ts';

/** @param flow what is traced. Default: `call`. */
export function createTracedCall(world: TracedWorld, flow: CallFlow = call): CallFlow {
  const { spans } = world;
  return <Request, Body>(
    rpc: Rpc,
    codec: RpcCodec<Request, Body>,
    body: Request,
    watched: Runtime,
    budget: number,
    headers: CallHeaders,
  ) => {
    const runtime = unwatched(watched);
    const span = startCall(spans, rpc, headers);
    if (span === undefined) return flow(rpc, codec, body, runtime, budget, headers);
    const traced = new TracedRuntime(runtime, span, world);
    // A span that is not sampled is active too: spans nested in it must know that.
    const through = span.isRecording ? traced : runtime;
    const result = spans.within(span.context, () => flow(rpc, codec, body, through, budget, headers));
    return afterwards(result, (settled) => traced.end(settled));
  };
}

function startCall(spans: Spans, rpc: Rpc, headers: CallHeaders): RunningSpan | undefined {
  const parent = spans.attempt(() => parentOf(headers));
  if (parent === undefined) return undefined;
  return spans.start(methodOf(rpc), { kind: SpanKind.SERVER, attributes: describeRpc(rpc) }, parent);
}

/** In the same turn if nothing waits. */
function afterwards<Body>(
  result: Result<Body> | Promise<Result<Body>>,
  work: (settled: Result<Body>) => void,
): Result<Body> | Promise<Result<Body>> {
  if (!(result instanceof Promise)) {
    work(result);
    return result;
  }
  return result.then((settled) => {
    work(settled);
    return settled;
  });
}
