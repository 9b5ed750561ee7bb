/** Repeats a call of the ring as a new call. */
import type { Credentials } from '../../protocol/schema/vocabulary.ts';
import { encodeRequest } from '../../protocol/wire/encode-request.ts';
import type { Replayed } from '../api.ts';
import { RequestError } from '../http/api-error.ts';
import type { CallRecord } from '../tap/call-record.ts';
import type { Tap } from '../tap/tap.ts';
import { verdictOf } from '../tap/verdict.ts';
import { requestOf, rpcOfInput } from '../view/input.ts';
import type { LiveView } from '../world.ts';

/** Milliseconds that a broker waits. */
const BUDGET = 5000;

/** @param password of a login: none is kept. @throws RequestError when something is missing. */
export async function replayCall(
  record: CallRecord,
  password: string | undefined,
  tap: Tap,
  live: LiveView,
): Promise<Replayed> {
  const input = requestOf(record);
  if (input === undefined)
    throw new RequestError('bad_request', 'the request of this call could not be read');
  if (record.payloadBytes > 0 && record.payload?.byteLength !== record.payloadBytes)
    throw new RequestError('bad_request', 'the payload of this message was not kept whole');
  if (record.rpc.hook === 'client.authenticate' && record.hasPassword && password === undefined)
    throw new RequestError('bad_request', 'password: is missing, since none is kept');
  const { clientinfo } = input as { clientinfo?: Credentials };
  const isLogin = record.rpc.hook === 'client.authenticate';
  const fields = {
    ...input,
    ...(clientinfo && { clientinfo: { ...clientinfo, password: isLogin ? (password ?? '') : '' } }),
  };
  const rpc = rpcOfInput(record.rpc);
  const made = await tap.replay(rpc, encodeRequest(rpc, fields), live.current(), BUDGET);
  return { seq: made.seq, verdict: verdictOf(made), status: made.status };
}
