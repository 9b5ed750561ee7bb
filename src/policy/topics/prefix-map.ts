/** Values filed under prefixes. Looking a text up costs one step for each length of prefix, not for each prefix. */
export class PrefixMap<T> {
  readonly #lengths: { readonly length: number; readonly values: Map<string, T> }[] = [];

  get isEmpty(): boolean {
    return this.#lengths.length === 0;
  }

  /** The value filed under a prefix, made when there is none. */
  at(prefix: string, make: () => T): T {
    const { values } = this.#ofLength(prefix.length);
    const value = values.get(prefix) ?? make();
    values.set(prefix, value);
    return value;
  }

  /** Visits the values of all prefixes of a text. */
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
