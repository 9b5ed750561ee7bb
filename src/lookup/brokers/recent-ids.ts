/** Longer ids are not those of EMQX, and are not kept: what a broker sends must not fill the memory. */
const MAX_LENGTH = 64;

/** The ids that were added last, each given back once. */
export class RecentIds {
  readonly #ids = new Set<string>();
  readonly #max: number;

  /** @param max how many are kept; the oldest are forgotten. */
  constructor(max: number) {
    this.#max = max;
  }

  add(id: string): void {
    if (id === '' || id.length > MAX_LENGTH) return;
    this.#ids.add(id);
    if (this.#ids.size > this.#max) this.#ids.delete(this.#ids.values().next().value as string);
  }

  /** Whether it was there; now it is not. */
  take(id: string): boolean {
    return this.#ids.delete(id);
  }

  get size(): number {
    return this.#ids.size;
  }
}
