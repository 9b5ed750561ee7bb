/** Where events go. */
import type { StampedEvent } from '../schema/event.ts';

export interface Sink {
  /** What logs and metrics call it. */
  readonly name: string;
  /**
   * Takes a batch, in the order of the events. The next batch comes when this one is settled, so that a promise
   * is how a slow sink says "not yet". What it throws or rejects with is logged, and the batch counts as failed.
   */
  write(batch: readonly StampedEvent[]): void | Promise<void>;
  /** Sees everything that was written out of the door, and lets go of what the sink holds. */
  close(): Promise<void>;
}
