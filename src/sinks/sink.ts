/** Where events go: one small interface, which every sink and the modules of users implement. */
import type { Logger } from '../log/log.ts';
import type { Delivery } from './delivery.ts';

/** What came of a batch that was written, where it is not "all of it is safe". */
export interface Receipt {
  /** Deliveries that the sink will never take, by their index in the batch; the reason names no secret. */
  readonly rejected?: readonly { readonly index: number; readonly reason: string }[] | undefined;
  /** Deliveries that were not confirmed and may be tried again, by index. */
  readonly unconfirmed?: readonly number[] | undefined;
}

/** Of some deliveries somebody is told meanwhile that they are not stored. */
export type IsWanted = (delivery: Delivery) => boolean;

export interface Sink {
  /** What logs and metrics call it. */
  readonly name: string;
  /**
   * Takes a batch, in order. It is settled when the sink's system has confirmed it: what is then not in the
   * receipt is safe. Batches of different keys may be written at the same time; those of one key never are.
   *
   * @param signal aborted when nobody waits for this batch any more; it may still be tried again.
   * @param isWanted whether a delivery of the batch is still to be written: ask just before it is sent, when there is
   *   a connection and it is the batch's turn, and leave it out if not. A sink that never waits need not ask.
   * @throws anything, at once or later: none of the batch is confirmed, and all of it will be tried again.
   */
  write(
    batch: readonly Delivery[],
    signal: AbortSignal,
    isWanted?: IsWanted,
  ): void | Promise<void> | Promise<Receipt | undefined>;
  /** Whether the sink can be reached now: rejects with an Error that says what is wrong and what to do. */
  check?(): Promise<void>;
  /** Lets go of what the sink holds. Nothing is written afterwards. */
  close(): Promise<void>;
}

/** What a sink is opened with besides its own options. Paths in options are absolute already. */
export interface SinkWorld {
  readonly name: string;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens a sink. Does not wait for its system: a system that is down makes `write` fail, and start-up goes on.
 *
 * @throws TypeError when its options cannot be used, such as a secret that is not there.
 */
export type OpenSink<Options> = (options: Options, world: SinkWorld) => Promise<Sink>;
