/** Validates the input and the outcome of a hook with the schemas of its call. */
import { Failure } from '../protocol/failure.ts';
import { describeIssues, schemas } from '../protocol/schema/compiled.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import type { Outcome } from './hook.ts';

/** @throws Failure `invalid_request` */
export function parseInput(rpc: Rpc, request: Parameters<Rpc['lift']>[0]): HookInput {
  const parsed = schemas[rpc.hook].input.safeParse(rpc.lift(request));
  if (!parsed.success) throw new Failure('invalid_request', describeIssues(parsed.error));
  return parsed.data as HookInput;
}

/** @throws Failure `invalid_reply` */
export function parseOutcome(rpc: Rpc, outcome: unknown): Outcome {
  const parsed = schemas[rpc.hook].outcome.safeParse(outcome);
  if (parsed.success) return parsed.data as Outcome;
  // An unhandled rejection would end the process.
  if (outcome instanceof Promise) outcome.catch(() => undefined);
  const detail =
    outcome instanceof Promise
      ? 'decide must not be async: ask a question instead'
      : describeIssues(parsed.error);
  throw new Failure('invalid_reply', 'the hook did not return a reply to its call', {
    cause: new TypeError(detail),
  });
}

/** Hides what a hook threw from the caller; the log has it. */
export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('handler_threw', 'the hook failed', { cause: error });
}
