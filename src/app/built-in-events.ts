/**
 * The event of a built-in hook stays when a custom hook of the same name answers in its place: routes and their
 * promises are about calls, whoever answers them. Only `events` of the custom hook itself replace it.
 */
import type { AnyHook, Hook, Outcome } from '../core/hook.ts';
import type { Event } from '../protocol/schema/event.ts';
import type { HookInput } from '../protocol/schema/requests.ts';

/** The hook, with the events of the built-in one wherever it returns a reply and no `events`. */
export function keepEvents(builtIn: AnyHook, custom: AnyHook): AnyHook {
  const hook = custom as Hook;
  const kept: Hook = {
    name: hook.name,
    ...(hook.needs && { needs: (input, context) => hook.needs?.(input, context) }),
    decide(input, context) {
      const outcome = hook.decide(input, context);
      return hasNoEvents(outcome) ? { ...outcome, events: builtInEvents(builtIn, input) } : outcome;
    },
    ...(hook.onError !== undefined && { onError: hook.onError }),
    ...(hook.refusesWith !== undefined && { refusesWith: hook.refusesWith }),
  };
  return kept as AnyHook;
}

/** What the built-in hook reports of a call that another one has answered: no policy is asked. */
export function builtInEvents(builtIn: AnyHook, input: HookInput): readonly Event[] {
  return (builtIn as Hook).decide(input, { policy: { hooks: [] }, answers: {} }).events ?? [];
}

/** Whether it is an outcome without events: a promise, or what is none, is refused later. */
function hasNoEvents(outcome: Outcome | undefined | null): outcome is Outcome {
  return (
    typeof outcome === 'object' && outcome !== null && 'reply' in outcome && outcome.events === undefined
  );
}
