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
import { describeIssues, schemas } from '../protocol/schema/compiled.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import { answerQuestions, nextQuestion } from './ask.ts';
import type { Hook, Outcome } from './hook.ts';
import { fallbackOutcome, type ReplyOverride, type RpcCodec, type Runtime } from './runtime.ts';

/** What a call came to: a body in the codec's form, or why there is none. */
export type Result<Body> = Body | Failure;

/**
 * @param codec how bodies are read and written: bytes, or messages that a transport has decoded.
 * @param budget milliseconds until the answer must be out; `Infinity` when the caller set no deadline.
 */
export function call<Request, Body>(
  rpc: Rpc,
  codec: RpcCodec<Request, Body>,
  body: Request,
  runtime: Runtime,
  budget: number,
): Result<Body> | Promise<Result<Body>> {
  const hook = runtime.hooks[rpc.hook] as Hook;
  const since = runtime.begin?.(rpc) ?? 0;
  let recover = (error: unknown): Result<Body> | Promise<Result<Body>> =>
    runtime.failed(rpc, asFailure(error));
  try {
    const request = codec.decode(rpc, body);
    let input: HookInput | undefined;
    recover = (error) => {
      const failure = runtime.failed(rpc, asFailure(error));
      const outcome = fallbackOutcome(hook, failure);
      if (outcome === undefined) return failure;
      const encoded = codec.encode(rpc, outcome.reply, request);
      const held =
        input !== undefined && outcome.decision !== undefined
          ? runtime.decided(rpc, input, outcome, since, budget, failure)
          : undefined;
      return held ? settle(held, encoded) : encoded;
    };
    const settle = (held: Promise<ReplyOverride>, encoded: Body): Promise<Result<Body>> =>
      held.then((instead) => {
        if (instead instanceof Failure) return runtime.failed(rpc, instead);
        return instead === undefined ? encoded : codec.encode(rpc, instead, request);
      });
    const parsed = parseInput(rpc, request);
    input = parsed;
    const finish = (answers: Readonly<Record<string, unknown>>): Result<Body> | Promise<Result<Body>> => {
      const outcome = parseOutcome(rpc, hook.decide(parsed, { policy: runtime.policy, answers }));
      const encoded = codec.encode(rpc, outcome.reply, request);
      const held = runtime.decided(rpc, parsed, outcome, since, budget);
      return held ? settle(held, encoded).catch(recover) : encoded;
    };
    const question = nextQuestion(hook, parsed, runtime, {});
    if (question === undefined) return finish({});
    return answerQuestions(hook, parsed, question, runtime, budget).then(finish).catch(recover);
  } catch (error) {
    return recover(error);
  }
}

function parseInput(rpc: Rpc, request: Parameters<Rpc['lift']>[0]): HookInput {
  const parsed = schemas[rpc.hook].input.safeParse(rpc.lift(request));
  if (!parsed.success) throw new Failure('invalid_request', describeIssues(parsed.error));
  return parsed.data as HookInput;
}

function parseOutcome(rpc: Rpc, outcome: unknown): Outcome {
  const parsed = schemas[rpc.hook].outcome.safeParse(outcome);
  if (parsed.success) return parsed.data as Outcome;
  // Left alone, a promise that rejects would end the process.
  if (outcome instanceof Promise) outcome.catch(() => undefined);
  const detail =
    outcome instanceof Promise
      ? 'decide must not be async: ask a question instead'
      : describeIssues(parsed.error);
  throw new Failure('invalid_reply', 'the hook did not return a reply to its call', {
    cause: new TypeError(detail),
  });
}

/** The caller learns that a hook threw; what it threw stays in our log. */
function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('handler_threw', 'the hook failed', { cause: error });
}
