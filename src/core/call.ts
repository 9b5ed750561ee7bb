/**
 * The flow of one call, from the broker's bytes to ours. Start reading here.
 *
 *     body -> decode -> lift -> input -> needs? -> question -> answer
 *                                 |                              |
 *                                 +---------> decide <-----------+
 *                                               |
 *     body <- encode <- reply <- { reply, events } -> emit
 *
 * Nothing is awaited unless a hook asks a question or a route of events makes the answer wait: the common call
 * is synchronous from last byte in to first byte out. It never throws and always has a result, since an
 * unanswered call blocks an MQTT client.
 */
import { Failure } from '../protocol/failure.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import { answerQuestions, nextQuestion } from './ask.ts';
import type { Hook, Outcome } from './hook.ts';
import { asFailure, parseInput, parseOutcome } from './parse.ts';
import { fallbackOutcome, type RpcCodec, type Runtime } from './runtime.ts';

/** The result of a call: a reply in the codec's form, or the failure that the caller gets. */
export type Result<Body> = Body | Failure;

/**
 * @param codec reads and writes bodies: bytes, or messages that the transport has decoded.
 * @param budget milliseconds until the answer must be out; `Infinity` when the caller set no deadline.
 */
export function call<Request, Body>(
  rpc: Rpc,
  codec: RpcCodec<Request, Body>,
  body: Request,
  runtime: Runtime,
  budget: number,
): Result<Body> | Promise<Result<Body>> {
  const since = performance.now();
  let request: object;
  try {
    request = codec.decode(rpc, body);
  } catch (error) {
    return runtime.failed(rpc, asFailure(error));
  }
  const hook = runtime.hooks[rpc.hook] as Hook;
  let input: HookInput | undefined;
  /** @param failure set when the outcome comes from `onError`. */
  const reply = (outcome: Outcome, failure?: Failure): Result<Body> | Promise<Result<Body>> => {
    const encoded = codec.encode(rpc, outcome.reply, request);
    const held = input && runtime.decided(rpc, input, outcome, since, budget, failure);
    if (!held) return encoded;
    return held
      .then((override) => {
        if (override instanceof Failure) return runtime.failed(rpc, override);
        return override === undefined ? encoded : codec.encode(rpc, override, request);
      })
      .catch((error) => runtime.failed(rpc, asFailure(error)));
  };
  const recover = (error: unknown): Result<Body> | Promise<Result<Body>> => {
    const failure = runtime.failed(rpc, asFailure(error));
    const outcome = fallbackOutcome(hook, failure);
    return outcome === undefined ? failure : reply(outcome, failure);
  };
  try {
    const parsed = parseInput(rpc, request);
    input = parsed;
    const decide = (answers: Readonly<Record<string, unknown>>) =>
      reply(parseOutcome(rpc, hook.decide(parsed, { policy: runtime.policy, answers })));
    const question = nextQuestion(hook, parsed, runtime, {});
    if (question === undefined) return decide({});
    return answerQuestions(hook, parsed, question, runtime, budget).then(decide).catch(recover);
  } catch (error) {
    return recover(error);
  }
}
