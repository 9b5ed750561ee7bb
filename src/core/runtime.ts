/** What stands around the flow of a call: everything that touches the world, behind one interface. */

import type { Policy } from '../policy/policy.ts';
import type { Failure } from '../protocol/failure.ts';
import type { Decision } from '../protocol/schema/decision.ts';
import { type HookName, isSentMessageHook } from '../protocol/schema/hook-name.ts';
import { allow, deny, drop, ignore, pass, type Reply } from '../protocol/schema/replies.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import type { Hook, HookTable, OnError, Outcome, Question } from './hook.ts';

/** How a transport's bodies become messages, and replies its bodies. */
export interface RpcCodec<Request, Body> {
  /** @throws Failure `invalid_request` */
  decode(rpc: Rpc, body: Request): object;
  encode(rpc: Rpc, reply: Reply, request: object): Body;
}

/** What a look-up may use besides its question. */
export interface LookupContext {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** By `performance.now()`: an answer that comes later is of no use. Absent: nobody said. */
  readonly deadline?: number | undefined;
}

/**
 * Answers the questions of one kind.
 *
 * @throws anything: the call fails with `lookup_failed`, or with the code of a Failure.
 */
export type Lookup = (question: Question, context: LookupContext) => unknown | Promise<unknown>;

/** What the broker gets in place of what was decided; nothing when that stands. */
export type ReplyOverride = Reply | Failure | undefined;

export interface Runtime {
  readonly hooks: HookTable;
  readonly policy: Policy;
  readonly lookups: Readonly<Record<string, Lookup>>;
  /** The hooks whose answers may wait until their events are safe. None by default. */
  readonly waits?: ReadonlySet<HookName>;
  /**
   * A call was decided: publish its events, log its decision. Never throws.
   *
   * @param since when the call began, by `performance.now()`.
   * @param budget milliseconds from then until the answer must be out.
   * @param failure why the outcome is that of `onError`: this call has failed already.
   * @returns nothing when the answer may go out at once; else, when its events are safe or will not be in time,
   *   what the broker gets in place of the reply. Never rejects.
   */
  decided(
    rpc: Rpc,
    input: HookInput,
    outcome: Outcome,
    since: number,
    budget: number,
    failure?: Failure,
  ): Promise<ReplyOverride> | undefined;
  /** A call failed: log and count it. Returns the failure. No RPC when there is none at the path that was called. */
  failed(rpc: Rpc | undefined, failure: Failure): Failure;
}

/** The answer of a valued hook that failed on our side; nothing when the call must end with a status. */
export function fallbackReply(hook: Hook, failure: Failure): Reply | undefined {
  // A message that we cannot read must not be a way around `onError`: with a status, EMQX lets it go on as it is.
  const isOdd =
    failure.code === 'invalid_request' && isSentMessageHook(hook.name) && onErrorOf(hook) === 'deny';
  if (!failure.isOurs && !isOdd) return undefined;
  switch (onErrorOf(hook)) {
    case 'deny':
      return refusesWithDrop(hook) ? drop(failure.code) : deny(failure.code);
    case 'allow':
      return isSentMessageHook(hook.name) ? pass() : allow();
    case 'ignore':
      return isSentMessageHook(hook.name) ? pass() : ignore();
    case 'error':
      return undefined;
  }
}

function refusesWithDrop({ name, refusesWith }: Hook): boolean {
  return isSentMessageHook(name) && (refusesWith as 'drop' | 'deny' | undefined) !== 'deny';
}

/** The same with the decision it stands for. */
export function fallbackOutcome(hook: Hook, failure: Failure): Outcome | undefined {
  const reply = fallbackReply(hook, failure);
  if (reply === undefined) return undefined;
  const verdict = reply.kind as Decision['verdict'];
  return { reply, decision: { verdict, by: 'onError', reason: failure.code, isShadow: false } };
}

/** Logins and actions are denied. A message is not stopped: EMQX lets it go on when its publish call fails. */
export function onErrorOf(hook: Hook): OnError {
  const { name, onError } = hook as { name: string; onError?: OnError };
  return onError ?? (name === 'client.authenticate' || name === 'client.authorize' ? 'deny' : 'error');
}
