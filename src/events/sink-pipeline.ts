/** One sink with everything in front of it: where routes put events in. */
import type { Delivery } from '../sinks/delivery.ts';
import type { Sink } from '../sinks/sink.ts';
import type { SpoolLane } from '../spool/spool.ts';
import type { Clock } from './clock.ts';
import type { OpenedSink } from './opened-sink.ts';
import { SinkQueue } from './sink-queue.ts';
import { SpoolFeed } from './spool-feed.ts';
import type { Tally } from './tally.ts';
import type { Undelivered } from './undelivered.ts';

export interface SinkPipelineWorld {
  readonly clock: Clock;
  readonly tally: Tally;
  readonly spool: SpoolLane | undefined;
  readonly reject: (delivery: Delivery, reason: string) => void | Promise<void>;
}

export class SinkPipeline {
  readonly sink: Sink;
  readonly opened: OpenedSink;
  readonly queue: SinkQueue;
  readonly tally: Tally;
  /** What is between the lane and the disk, where there is a spool. */
  readonly spool: SpoolFeed | undefined;

  constructor(opened: OpenedSink, { clock, tally, spool, reject }: SinkPipelineWorld) {
    const { sink, queue, keepsEvents = false } = opened;
    this.sink = sink;
    this.opened = opened;
    this.tally = tally;
    const feed = spool && new SpoolFeed({ spool, clock, failed: (error) => tally.spoolFailed(error) });
    this.spool = feed;
    this.queue = new SinkQueue({
      sink,
      queue,
      clock,
      observer: tally,
      reject,
      confirm: feed && ((positions) => feed.confirm(positions)),
      keepsEvents,
    });
    feed?.start(this.queue);
  }

  /**
   * Ends the work of the lane and closes the sink; what was not delivered goes to the spool, where there is one.
   *
   * @returns how many events are lost, and how many are in the spool.
   */
  async end(): Promise<Undelivered> {
    const left = this.queue.end();
    const positions = left.flatMap(({ position }) => (position === undefined ? [] : [position]));
    const pushed = left.filter(({ position }) => position === undefined);
    const isKept = await this.#keep(pushed.map(({ delivery }) => delivery));
    await this.spool?.end(positions);
    return isKept ? { lost: 0, spooled: pushed.length } : { lost: pushed.length, spooled: 0 };
  }

  async #keep(deliveries: readonly Delivery[]): Promise<boolean> {
    if (this.spool === undefined) return deliveries.length === 0;
    try {
      await this.spool.keep(deliveries);
      return true;
    } catch (error) {
      this.tally.spoolFailed(error);
      return false;
    }
  }
}
