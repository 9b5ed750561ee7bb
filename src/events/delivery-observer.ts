/** What a queue and its dispatcher report while they deliver: one way, to whoever counts and logs. */

import type { Entry } from './entry.ts';
import type { Position } from './spool/spool.ts';

/** Why an event was dropped. */
export type DropReason = 'full' | 'closed' | 'withdrawn';

export interface DeliveryObserver {
  dropped(reason: DropReason, events: number): void;
  /** A batch was handed to the sink. */
  wrote(): void;
  delivered(events: number): void;
  /** Nothing of a batch was confirmed. */
  failed(error: unknown, events: number): void;
  retried(events: number): void;
  /** The sink takes events again after it was down. */
  recovered(): void;
}

/** Takes what leaves a queue for good. */
export interface SettledListener {
  /** The sink has confirmed these entries of the spool. */
  confirmed(positions: readonly Position[]): void;
  /**
   * The sink will never take this entry.
   *
   * @returns a promise where it takes time to put the delivery away; it never rejects.
   */
  rejected(entry: Pick<Entry, 'delivery' | 'position'>, reason: string): void | Promise<void>;
}
