/** The calls whose events have changed, in order and bounded: what the streams of viewers read. */
import type { CallRecord } from './call-record.ts';

/** Changes that are remembered. A reader that is further behind misses the older ones. */
const MAX_CHANGES = 4096;

export class ChangeLog {
  readonly #calls: (CallRecord | undefined)[] = new Array(MAX_CHANGES);
  #count = 0;
  #readers = 0;

  /** Reads from now on. Without readers nothing is remembered. */
  open(): ChangeReader {
    this.#readers++;
    let at = this.#count;
    let isOpen = true;
    return {
      read: () => {
        const from = Math.max(at, this.#count - MAX_CHANGES);
        at = this.#count;
        return this.#between(from, at);
      },
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        if (--this.#readers === 0) this.#calls.fill(undefined);
      },
    };
  }

  add(calls: readonly CallRecord[]): void {
    if (this.#readers === 0) return;
    for (const call of calls) this.#calls[this.#count++ % MAX_CHANGES] = call;
  }

  #between(from: number, to: number): Set<CallRecord> {
    const found = new Set<CallRecord>();
    for (let i = from; i < to; i++) {
      const call = this.#calls[i % MAX_CHANGES];
      if (call !== undefined) found.add(call);
    }
    return found;
  }
}

export interface ChangeReader {
  /** The calls that have changed since the last time, each once. */
  read(): ReadonlySet<CallRecord>;
  close(): void;
}
