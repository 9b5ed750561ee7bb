/** The calls that Live shows, oldest first. Plain arrays: signals tell that they changed, at most once a frame. */
import type { CallRow, EventRow } from '../../../src/inspector/api.ts';

/** Calls that are kept in the page; the server keeps fewer. */
export const MOST_CALLS = 50_000;

export class CallStore {
  #rows: CallRow[] = [];

  get size(): number {
    return this.#rows.length;
  }

  at(index: number): CallRow | undefined {
    return this.#rows[index];
  }

  get first(): CallRow | undefined {
    return this.#rows[0];
  }

  get last(): CallRow | undefined {
    return this.#rows.at(-1);
  }

  /** Index of the first call with this sequence number or a later one. */
  indexFrom(seq: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rows[middle]?.seq ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The index of a call that is here. */
  indexOf(seq: number): number | undefined {
    const index = this.indexFrom(seq);
    return this.#rows[index]?.seq === seq ? index : undefined;
  }

  find(seq: number): CallRow | undefined {
    const index = this.indexOf(seq);
    return index === undefined ? undefined : this.#rows[index];
  }

  /** Adds calls in any order, each once. */
  add(calls: readonly CallRow[]): void {
    const fresh = calls.filter(({ seq }) => this.indexOf(seq) === undefined);
    if (fresh.length === 0) return;
    const sorted = fresh.toSorted((a, b) => a.seq - b.seq);
    const isNewer = (sorted[0]?.seq ?? 0) > (this.last?.seq ?? 0);
    if (isNewer) this.#rows.push(...sorted);
    else this.#rows = [...this.#rows, ...sorted].sort((a, b) => a.seq - b.seq);
  }

  /** Newer states of the events of calls that are here. */
  update(states: readonly { readonly seq: number; readonly events: readonly EventRow[] }[]): void {
    for (const { seq, events } of states) {
      const index = this.indexOf(seq);
      const row = index === undefined ? undefined : this.#rows[index];
      if (index !== undefined && row !== undefined) this.#rows[index] = { ...row, events };
    }
  }

  /** Leaves the newest calls. @returns how many went */
  trim(most: number): number {
    const excess = this.#rows.length - most;
    // Moving all rows costs more than keeping a few too many.
    if (excess <= most / 50) return 0;
    this.#rows.splice(0, excess);
    return excess;
  }

  clear(): void {
    this.#rows = [];
  }
}
