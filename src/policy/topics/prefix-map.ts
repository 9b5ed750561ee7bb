/** A map by prefix. A look-up costs one step per prefix length, not per prefix. */
export class PrefixMap<T> {
  readonly #lengths: { readonly length: number; readonly values: Map<string, T> }[] = [];

  get isEmpty(): boolean {
    return this.#lengths.length === 0;
  }

  /** Returns the value of a prefix; creates it if absent. */
  at(prefix: string, make: () => T): T {
    const { values } = this.#ofLength(prefix.length);
    const value = values.get(prefix) ?? make();
    values.set(prefix, value);
    return value;
  }

  /** Visits the values whose prefix begins the text. */
  forEachPrefixOf(text: string, visit: (value: T) => void): void {
    for (const { length, values } of this.#lengths) {
      if (length > text.length) continue;
      const value = values.get(text.slice(0, length));
      if (value !== undefined) visit(value);
    }
  }

  *values(): Iterable<T> {
    for (const { values } of this.#lengths) yield* values.values();
  }

  #ofLength(length: number) {
    const known = this.#lengths.find((entry) => entry.length === length);
    if (known !== undefined) return known;
    const entry = { length, values: new Map<string, T>() };
    this.#lengths.push(entry);
    return entry;
  }
}
