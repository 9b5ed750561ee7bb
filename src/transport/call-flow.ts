/** The flow of a call, as transports see it. */
import type { IncomingHttpHeaders } from 'node:http2';
import type { Result } from '../core/call.ts';
import type { Hook } from '../core/hook.ts';
import type { RpcCodec, Runtime } from '../core/runtime.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';

/** Used by the lean path and by Connect. */
export type CallHeaders = IncomingHttpHeaders | Headers;

/** `call` implements this and ignores the headers. Tracing, if enabled, wraps it. */
export type CallFlow = <Request, Body>(
  rpc: Rpc,
  codec: RpcCodec<Request, Body>,
  body: Request,
  runtime: Runtime,
  budget: number,
  headers: CallHeaders,
) => Result<Body> | Promise<Result<Body>>;

/** Whether the answer of a call may not be there at once: its hook asks questions, or its events must be delivered first. */
export function mayHaveToWait(rpc: Rpc, runtime: Runtime): boolean {
  return (runtime.hooks[rpc.hook] as Hook).needs !== undefined || runtime.waits?.has(rpc.hook) === true;
}
