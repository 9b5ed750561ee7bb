/** The last calls, bounded in number and in bytes. Numbers are given in the order in which calls end. */
import type { CallRecord } from './call-record.ts';

export interface RingLimits {
  readonly calls: number;
  readonly bytes: number;
}

export class CallRing {
  readonly #limits: RingLimits;
  readonly #records: (CallRecord | undefined)[];
  readonly #forgotten: (record: CallRecord) => void;
  #first = 1;
  #last = 0;
  #bytes = 0;

  /** @param forgotten called with each call that leaves the ring. */
  constructor(limits: RingLimits, forgotten: (record: CallRecord) => void = () => {}) {
    this.#limits = limits;
    this.#records = new Array(limits.calls);
    this.#forgotten = forgotten;
  }

  /** The number of the oldest call; one more than `last` when there is none. */
  get first(): number {
    return this.#first;
  }

  /** The number of the newest call; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  get size(): number {
    return this.#last - this.#first + 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Gives the call its number. A call that alone exceeds the limit is kept until the next one. */
  push(record: CallRecord): void {
    while (
      this.size >= this.#limits.calls ||
      (this.size > 0 && this.#bytes + record.bytes > this.#limits.bytes)
    )
      this.#forget();
    record.seq = ++this.#last;
    this.#records[record.seq % this.#limits.calls] = record;
    this.#bytes += record.bytes;
  }

  /** Counts bytes that a call has come to hold after it was pushed. */
  grow(record: CallRecord, bytes: number): void {
    record.bytes += bytes;
    if (record.seq < this.#first || record.seq === 0) return;
    this.#bytes += bytes;
    while (this.size > 1 && this.#bytes > this.#limits.bytes) this.#forget();
  }

  /** Nothing when the call has left the ring, or has not come. */
  get(seq: number): CallRecord | undefined {
    if (!Number.isInteger(seq) || seq < this.#first || seq > this.#last) return undefined;
    return this.#records[seq % this.#limits.calls];
  }

  /** Oldest first. */
  *all(): Iterable<CallRecord> {
    for (let seq = this.#first; seq <= this.#last; seq++) {
      const record = this.get(seq);
      if (record !== undefined) yield record;
    }
  }

  #forget(): void {
    const place = this.#first % this.#limits.calls;
    const record = this.#records[place] as CallRecord;
    this.#records[place] = undefined;
    this.#bytes -= record.bytes;
    this.#first++;
    this.#forgotten(record);
  }
}
