/** Counts what becomes of the events of one sink, and logs losses and delays: in few lines, whose counts add up. */
import type { Logger } from '../log/log.ts';
import type { RateLimit } from '../log/rate-limit.ts';
import type { DeliveryObserver, DropReason } from './delivery-observer.ts';
import type { SinkWatch } from './event-watch.ts';

export interface Counts {
  /** Batches written, those that failed included. */
  batches: number;
  /** Events that the sink has confirmed. */
  delivered: number;
  /** Events that were retried. */
  retried: number;
  /** Events that the sink has rejected. */
  rejected: number;
  /** Events whose broker was answered before the event was confirmed. */
  unconfirmed: number;
  /** Events that were dropped, by reason. */
  readonly dropped: Record<DropReason | 'dead_letter', number>;
}

export class Tally implements DeliveryObserver {
  readonly counts: Counts = {
    batches: 0,
    delivered: 0,
    retried: 0,
    rejected: 0,
    unconfirmed: 0,
    dropped: { full: 0, closed: 0, withdrawn: 0, dead_letter: 0 },
  };
  readonly #sink: string;
  readonly #log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly #rateLimit: RateLimit;
  readonly #unlogged = new Map<string, number>();
  readonly #watch: Pick<SinkWatch, 'failed'> | undefined;

  constructor(
    sink: string,
    log: Pick<Logger, 'info' | 'warn' | 'error'>,
    rateLimit: RateLimit,
    watch?: Pick<SinkWatch, 'failed'>,
  ) {
    this.#sink = sink;
    this.#log = log;
    this.#rateLimit = rateLimit;
    this.#watch = watch;
  }

  dropped(reason: DropReason, events: number): void {
    this.counts.dropped[reason] += events;
    // The publisher was told: the loss is not silent.
    if (reason === 'withdrawn') return;
    this.#report('sink_full', events, (count) =>
      this.#log.warn(
        { code: 'sink_full', sink: this.#sink, events: count },
        'events were dropped: they come faster than the sink takes them',
      ),
    );
  }

  wrote(): void {
    this.counts.batches++;
  }

  delivered(events: number): void {
    this.counts.delivered += events;
  }

  retried(events: number): void {
    this.counts.retried += events;
  }

  failed(error: unknown, events: number): void {
    this.#watch?.failed(error);
    this.#report('sink_failed', events, (count) =>
      this.#log.error(
        { code: 'sink_failed', sink: this.#sink, events: count, err: error },
        'a sink failed: its events wait and are retried',
      ),
    );
  }

  recovered(): void {
    this.#log.info({ sink: this.#sink }, 'the sink takes events again');
  }

  rejected(reason: string, isKept: boolean): void {
    this.counts.rejected++;
    this.#report(`rejected ${reason}`, 1, (count) =>
      this.#log.error(
        { code: 'sink_failed', sink: this.#sink, events: count, reason },
        isKept
          ? 'the sink rejected events: they are with the dead letters'
          : 'the sink rejected events: they are lost (set deadLetter to keep them)',
      ),
    );
  }

  /** A dead letter could not be stored. */
  lostDeadLetter(error: unknown): void {
    this.counts.dropped.dead_letter++;
    this.#report('dead_letter', 1, (count) =>
      this.#log.error(
        { code: 'sink_failed', sink: this.#sink, events: count, err: error },
        'dead letters are lost: their file or spool cannot be written',
      ),
    );
  }

  /** A broker got the answer that `onFailure` says. */
  unconfirmed(onFailure: string, code: string): void {
    this.counts.unconfirmed++;
    this.#report(`unconfirmed ${onFailure}`, 1, (count) =>
      this.#log.warn(
        { code, sink: this.#sink, events: count, onFailure },
        'events were not confirmed in time: brokers got the answer that onFailure says',
      ),
    );
  }

  spoolFailed(error: unknown): void {
    this.#report('spool', 1, (count) =>
      this.#log.error(
        { code: 'sink_failed', sink: this.#sink, times: count, err: error },
        'the spool could not be read or written',
      ),
    );
  }

  /** A required sink cannot be reached. */
  unreachable(error: unknown): void {
    this.#report('unreachable', 1, () =>
      this.#log.error(
        { code: 'sink_failed', sink: this.#sink, err: error },
        'a required sink cannot be reached: the server is not ready',
      ),
    );
  }

  closeFailed(error: unknown): void {
    this.#log.error({ code: 'sink_failed', sink: this.#sink, err: error }, 'a sink could not be closed');
  }

  #report(kind: string, events: number, write: (events: number) => void): void {
    const key = `${kind} ${this.#sink}`;
    this.#unlogged.set(key, (this.#unlogged.get(key) ?? 0) + events);
    this.#rateLimit(key, () => {
      const count = this.#unlogged.get(key) ?? 0;
      this.#unlogged.delete(key);
      write(count);
    });
  }
}
