/** What the flow of calls knows about routes and sinks. */

import type { ReplyOverride } from '../core/runtime.ts';
import type { Event } from '../protocol/schema/event.ts';
import type { HookName } from '../protocol/schema/hook-name.ts';
import type { HookInput } from '../protocol/schema/requests.ts';

export interface EventSender {
  /** The hooks whose answers may wait. */
  readonly waits: ReadonlySet<HookName>;
  /**
   * Routes the events of a call to sinks. Never throws.
   *
   * @param deadline when the answer must be sent, by `performance.now()`. Read only if the answer waits.
   * @returns the reply that overrides the decision, if any, once it is known; nothing when the answer does not wait.
   */
  emit(
    hook: HookName,
    input: HookInput,
    events: readonly Event[],
    deadline: number,
  ): Promise<ReplyOverride> | undefined;
}
