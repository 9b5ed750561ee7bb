/** The interface between the pure flow of a call and everything that has side effects. */

import type { Policy } from '../policy/policy.ts';
import type { Failure } from '../protocol/failure.ts';
import type { Decision } from '../protocol/schema/decision.ts';
import { type HookName, isSentMessageHook } from '../protocol/schema/hook-name.ts';
import { allow, deny, drop, ignore, pass, type Reply } from '../protocol/schema/replies.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import type { Hook, HookTable, OnError, Outcome, Question } from './hook.ts';

/** Decodes a transport's request bodies and encodes replies for it. */
export interface RpcCodec<Request, Body> {
  /** @throws Failure `invalid_request` */
  decode(rpc: Rpc, body: Request): object;
  encode(rpc: Rpc, reply: Reply, request: object): Body;
}

/** The context of a look-up. */
export interface LookupContext {
  /** Aborted when the answer is no longer needed. */
  readonly signal: AbortSignal;
  /** When the answer must be there, by `performance.now()`. Absent: no deadline. */
  readonly deadline?: number | undefined;
}

/**
 * Answers the questions of one kind.
 *
 * @throws anything: the call fails with `lookup_failed`, or with the code of a Failure.
 */
export type Lookup = (question: Question, context: LookupContext) => unknown | Promise<unknown>;

/** A reply or failure that replaces the decided reply; nothing when the decided reply stands. */
export type ReplyOverride = Reply | Failure | undefined;

export interface Runtime {
  readonly hooks: HookTable;
  readonly policy: Policy;
  readonly lookups: Readonly<Record<string, Lookup>>;
  /** Hooks whose replies may wait until their events are stored. Default: none. */
  readonly waits?: ReadonlySet<HookName>;
  /**
   * Called when a call was decided: publishes its events and logs its decision. Never throws.
   *
   * @param since when the call began, by `performance.now()`.
   * @param budget milliseconds from then until the answer must be out.
   * @param failure set when the outcome comes from `onError`: `failed` was called for it before.
   * @returns nothing when the reply may be sent at once. Otherwise resolves when the events are stored, or cannot be in time,
   *   to what replaces the reply. Never rejects.
   */
  decided(
    rpc: Rpc,
    input: HookInput,
    outcome: Outcome,
    since: number,
    budget: number,
    failure?: Failure,
  ): Promise<ReplyOverride> | undefined;
  /** Logs and counts a failed call, and returns the failure. `rpc` is undefined when the path is not an RPC. */
  failed(rpc: Rpc | undefined, failure: Failure): Failure;
}

/** The reply that `onError` gives for a failure of ours; nothing when the call must end with a gRPC status. */
export function fallbackReply(hook: Hook, failure: Failure): Reply | undefined {
  // An unreadable message must not bypass `onError`: EMQX lets a message continue when the call ends with a status.
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

/** The same reply with its decision. */
export function fallbackOutcome(hook: Hook, failure: Failure): Outcome | undefined {
  const reply = fallbackReply(hook, failure);
  if (reply === undefined) return undefined;
  const verdict = reply.kind as Decision['verdict'];
  return { reply, decision: { verdict, by: 'onError', reason: failure.code, isShadow: false } };
}

/** Default: `deny` for logins and actions, `error` for messages, which EMQX lets continue when their call fails. */
export function onErrorOf(hook: Hook): OnError {
  const { name, onError } = hook as { name: string; onError?: OnError };
  return onError ?? (name === 'client.authenticate' || name === 'client.authorize' ? 'deny' : 'error');
}
