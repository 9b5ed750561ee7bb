import type { HookSpec } from '../schema/replies.ts';

/** Everything that was configured and that a hook may consult: plain data and pure functions. */
export interface Policy {
  /** The hooks that brokers are asked to call. */
  readonly hooks: readonly HookSpec[];
}
