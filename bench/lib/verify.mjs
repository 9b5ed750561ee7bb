/**
 * Checks that a server gives the correct answer. h2load counts HTTP statuses only, and a gRPC error is a 200 too. Each
 * server is therefore asked once before and once after its measurement.
 */
import { normaliseReply } from '../.build/messages.mjs';
import { callOnce, connectWhenOpen } from './client.mjs';

/** Milliseconds. */
const PATIENCE = 10_000;

/**
 * @param {import('./servers.mjs').Running} server
 * @param {import('./requests.mjs').Call} call
 */
export async function verify(server, call) {
  const timeout = AbortSignal.any([AbortSignal.timeout(PATIENCE), server.gone]);
  const answer = await callOnce(await connectWhenOpen(server.port, timeout), call);
  const problem = findProblem(answer, call);
  if (problem !== undefined) throw new Error(`${server.title} answers ${call.title} wrongly: ${problem}`);
}

/**
 * @param {import('./client.mjs').Answer} answer
 * @param {import('./requests.mjs').Call} call
 */
function findProblem({ status, type, grpcStatus, grpcMessage, body }, call) {
  if (status !== 200) return `HTTP status ${status}`;
  if (!type?.startsWith('application/grpc')) return `content-type ${type}`;
  if (grpcStatus !== '0') return `grpc-status ${grpcStatus}, ${grpcMessage}`;
  if (body.length < 5 || body[0] !== 0 || body.readUInt32BE(1) !== body.length - 5)
    return 'not one plain message';
  const reply = Buffer.from(normaliseReply(call.method, body.subarray(5)));
  if (!reply.equals(call.reply))
    return `the reply is ${reply.toString('hex')}, not ${call.reply.toString('hex')}`;
  return undefined;
}
