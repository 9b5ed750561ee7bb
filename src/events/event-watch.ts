/** Reports the state of each event to the inspector. Without it, nothing is called. */
import type { Delivery } from '../sinks/delivery.ts';
import type { DropReason } from './delivery-observer.ts';

/** An event, or its encoded form, by its id. */
export type Watched = Pick<Delivery, 'id'>;

/** The same in the queue of a sink. */
export interface WatchedEntry {
  readonly delivery: Watched;
}

export interface EventWatch {
  /** The call that is being decided reports this event. Called before the event is routed. */
  stamped(event: Watched & { readonly type: string; readonly time: number }): void;
  /** Watches one sink, by its name. */
  sink(name: string): SinkWatch;
}

/** What happens to the events of one sink. Never throws. */
export interface SinkWatch {
  queued(event: Watched): void;
  /** A batch was handed to the sink. */
  sending(entries: readonly WatchedEntry[]): void;
  delivered(entries: readonly WatchedEntry[]): void;
  /** The sink did not confirm these: they are sent again. */
  retrying(entries: readonly WatchedEntry[]): void;
  /** The sink will never take it: it goes to the dead letters. */
  rejected(event: Watched, reason: string): void;
  dropped(event: Watched, reason: DropReason): void;
  /** It is on disk. */
  spooled(event: Watched): void;
  /** Nothing of a batch was confirmed. */
  failed(error: unknown): void;
}
