/** What the flow of calls knows of routes and sinks. */

import type { ReplyOverride } from '../core/runtime.ts';
import type { Event } from '../protocol/schema/event.ts';
import type { HookName } from '../protocol/schema/hook-name.ts';
import type { HookInput } from '../protocol/schema/requests.ts';

export interface EventSender {
  /** The hooks whose answers may wait. */
  readonly waits: ReadonlySet<HookName>;
  /**
   * Takes the events of a call to the sinks that want them. Never throws.
   *
   * @param deadline by `performance.now()`: when the answer must be out. Read only where something waits.
   * @returns what the broker gets in place of what was decided, when that is known; nothing when nothing waits.
   */
  emit(
    hook: HookName,
    input: HookInput,
    events: readonly Event[],
    deadline: number,
  ): Promise<ReplyOverride> | undefined;
}
