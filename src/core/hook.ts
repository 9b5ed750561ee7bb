/**
 * A hook: a pure, synchronous function from the validated input of a callback to its outcome.
 *
 * A hook that needs more than its input returns a question from `needs`; the runtime looks up the
 * answer and calls `needs` again. `decide` is called when `needs` returns nothing.
 */
import type { Policy } from '../policy/policy.ts';
import type { Question } from '../policy/question.ts';
import type { Decision } from '../protocol/schema/decision.ts';
import type { Event } from '../protocol/schema/event.ts';
import {
  type HookName,
  hookNames,
  isHookName,
  isValued,
  type ValuedHookName,
} from '../protocol/schema/hook-name.ts';
import type { ReplyOf } from '../protocol/schema/replies.ts';
import type { HookInput } from '../protocol/schema/requests.ts';

export type { Question };

/** The answers so far, by kind of question. */
export type Answers = Readonly<Record<string, unknown>>;

/** What a hook can use besides its input. */
export interface HookContext {
  readonly policy: Policy;
  readonly answers: Answers;
}

/** The reply to the broker, and the events to emit. */
export interface Outcome<Name extends HookName = HookName> {
  readonly reply: ReplyOf<Name>;
  readonly events?: readonly Event[];
  /** The policy's decision, for logs and metrics. */
  readonly decision?: Decision | undefined;
}

/** The reply when a valued hook fails on our side; `error` ends the call with a gRPC status. */
export type OnError = 'deny' | 'allow' | 'ignore' | 'error';

export interface Hook<Name extends HookName = HookName> {
  readonly name: Name;
  /** The next thing to look up, or nothing. Called again with each answer, at most {@link MAX_QUESTIONS} times. */
  needs?(input: HookInput<Name>, context: HookContext): Question | undefined;
  decide(input: HookInput<Name>, context: HookContext): Outcome<Name>;
  /** Valued hooks only. Default: `deny` for client.*, `error` for message.* (see docs/hooks.md). */
  readonly onError?: Name extends ValuedHookName ? OnError : never;
  /** message.ingress only: how `onError: deny` refuses a message. Default: `drop`; `deny` disconnects its client. */
  readonly refusesWith?: Name extends 'message.ingress' ? 'drop' | 'deny' : never;
}

/** A hook whose name is only known at run time. */
export type AnyHook = { [Name in HookName]: Hook<Name> }[HookName];

/** One hook for each callback. */
export type HookTable = { readonly [Name in HookName]: Hook<Name> };

/** Questions allowed in one call: a hook that asks more would ask forever. */
export const MAX_QUESTIONS = 8;

const onErrors: readonly unknown[] = [undefined, 'deny', 'allow', 'ignore', 'error'];

/**
 * Declares a hook and checks it.
 *
 * @throws TypeError when the value is not a hook; the message says what to change.
 */
export function defineHook<const Name extends HookName>(hook: Hook<Name>): Hook<Name> {
  const problem = findHookProblem(hook);
  if (problem !== undefined) throw new TypeError(problem);
  return hook;
}

/** Returns why a value is not a hook, or `undefined` when it is one. */
export function findHookProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null)
    return 'a hook is an object: make it with defineHook({ name, decide })';
  const { name, needs, decide, onError } = value as Partial<Hook>;
  if (!isHookName(name)) return `a hook needs a "name", one of: ${hookNames.join(', ')}`;
  if (typeof decide !== 'function') return `hook ${name} needs a function "decide"`;
  if (needs !== undefined && typeof needs !== 'function') return `"needs" of hook ${name} must be a function`;
  if (!onErrors.includes(onError)) return `"onError" of hook ${name} must be deny, allow, ignore or error`;
  if (onError !== undefined && !isValued(name)) return `hook ${name} returns no value: remove "onError"`;
  return undefined;
}
