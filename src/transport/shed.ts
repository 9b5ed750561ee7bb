/** Answers a call for which there is no room. */

import type { Hook } from '../core/hook.ts';
import { fallbackReply, type Runtime } from '../core/runtime.ts';
import { Failure } from '../protocol/failure.ts';
import type { Reply } from '../protocol/schema/replies.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import type { InFlight } from './in-flight.ts';

/**
 * Returns what `onError` says, else the failure.
 *
 * @param request the request, if it was read. A message that was not read cannot be returned with an order
 *   to drop it: the call then fails.
 */
export function shed<Body>(
  rpc: Rpc,
  runtime: Runtime,
  load: InFlight,
  text: string,
  encode: (rpc: Rpc, reply: Reply, request: object) => Body,
  request: (() => object) | undefined,
): Body | Failure {
  load.shed++;
  const failure = runtime.failed(rpc, new Failure('overloaded', text));
  const reply = fallbackReply(runtime.hooks[rpc.hook] as Hook, failure);
  if (reply === undefined) return failure;
  if (reply.kind !== 'drop') return encode(rpc, reply, undefined as never);
  const whole = request?.() as { readonly message?: object } | undefined;
  return whole?.message === undefined ? failure : encode(rpc, reply, whole);
}
