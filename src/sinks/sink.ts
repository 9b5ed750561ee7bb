/** The interface that every sink implements, built in or custom. */
import type { Logger } from '../log/log.ts';
import type { Delivery } from './delivery.ts';

/** The result of a batch of which not everything is safe. */
export interface Receipt {
  /** Deliveries that the sink will never take, by index in the batch. The reason must not contain a secret. */
  readonly rejected?: readonly { readonly index: number; readonly reason: string }[] | undefined;
  /** Deliveries that were not confirmed and may be retried, by index. */
  readonly unconfirmed?: readonly number[] | undefined;
}

/** Whether a delivery is still wanted: the publisher may meanwhile have got the answer that it is not stored. */
export type IsWanted = (delivery: Delivery) => boolean;

export interface Sink {
  /** The name of the sink in logs and metrics. */
  readonly name: string;
  /**
   * Writes a batch, in order. Resolves when the sink's system has confirmed it: deliveries that are not in the receipt
   * are safe then. Batches of different keys may be written at the same time; those of one key never are.
   *
   * @param signal aborted when this write has failed for the queue, which retries the batch.
   * @param isWanted whether a delivery of the batch is still wanted: ask just before you send it, when there is a
   * connection
   *   and it is the batch's turn, and skip it if not. A sink that never waits need not ask.
   * @throws anything, at once or later: none of the batch is confirmed then, and all of it is retried.
   */
  write(
    batch: readonly Delivery[],
    signal: AbortSignal,
    isWanted?: IsWanted,
  ): void | Promise<void> | Promise<Receipt | undefined>;
  /** Whether the sink can be reached now: rejects with an Error that says what is wrong and what to do. */
  check?(): Promise<void>;
  /** Releases all resources. Nothing is written afterwards. */
  close(): Promise<void>;
}

/** What a sink gets besides its own options. Their paths are already absolute. */
export interface SinkWorld {
  readonly name: string;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens a sink without waiting for its system: if that is down, `write` fails, and the server starts anyway.
 *
 * @throws TypeError if its options cannot be used, for example because a secret is missing.
 */
export type OpenSink<Options> = (options: Options, world: SinkWorld) => Promise<Sink>;
