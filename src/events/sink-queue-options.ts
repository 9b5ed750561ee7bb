/** What a queue is made with, and whom it tells. */
import type { Delivery } from '../sinks/delivery.ts';
import type { Position } from '../spool/spool.ts';
import type { DispatcherOptions } from './dispatcher.ts';

/** Why an event was dropped. */
export type DropReason = 'full' | 'closed' | 'withdrawn';

/** What happens when a delivery does not fit. `refuse`: older ones make room if they may, else its caller is told and nothing is counted. */
export type Overflow = 'drop-oldest' | 'drop-newest' | 'refuse';

/** Told what happens; counts and logs. */
export interface SinkQueueObserver {
  dropped(reason: DropReason, events: number): void;
  wrote(): void;
  delivered(events: number): void;
  /** Nothing of a batch was confirmed. */
  failed(error: unknown, events: number): void;
  retried(events: number): void;
  /** The sink takes events again after it was down. */
  recovered(): void;
}

export interface SinkQueueOptions extends DispatcherOptions {
  readonly observer: SinkQueueObserver;
  /** Takes a delivery that the sink will never take. Resolves when it is put away; never rejects. */
  readonly reject: (delivery: Delivery, reason: string) => void | Promise<void>;
  /** Takes what was confirmed out of the spool; nothing when there is none. */
  readonly confirm?: ((positions: readonly Position[]) => void) | undefined;
  /** Whether the sink wants events themselves and not only their encoded form. */
  readonly keepsEvents?: boolean;
}
