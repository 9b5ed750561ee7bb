/**
 * Keeps the event of a built-in hook when a custom hook of the same name answers instead: routes are about calls, not
 * about the hook that answers them. Only `events` returned by the custom hook replace it.
 */
import type { AnyHook, Hook, Outcome } from '../core/hook.ts';
import type { Event } from '../protocol/schema/event.ts';
import type { HookInput } from '../protocol/schema/requests.ts';

/** Wraps the hook: adds the events of the built-in hook if it returns a reply without `events`. */
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

/** What the built-in hook reports about a call that another hook answered: no policy runs. */
export function builtInEvents(builtIn: AnyHook, input: HookInput): readonly Event[] {
  return (builtIn as Hook).decide(input, { policy: { hooks: [] }, answers: {} }).events ?? [];
}

/** Whether it is an outcome without events. Anything else, such as a promise, is refused later. */
function hasNoEvents(outcome: Outcome | undefined | null): outcome is Outcome {
  return (
    typeof outcome === 'object' && outcome !== null && 'reply' in outcome && outcome.events === undefined
  );
}
