/** Which properties and items of one object or array were evaluated, for `unevaluatedProperties` and `unevaluatedItems`. */
export class Seen {
  isEveryProperty = false;
  isEveryItem = false;
  /** Items from the first one on. */
  #prefix = 0;
  #properties: Set<string> | undefined;
  #items: Set<number> | undefined;

  addProperty(name: string): void {
    this.#properties ??= new Set();
    this.#properties.add(name);
  }

  addItem(index: number): void {
    this.#items ??= new Set();
    this.#items.add(index);
  }

  addPrefix(length: number): void {
    if (length > this.#prefix) this.#prefix = length;
  }

  hasProperty(name: string): boolean {
    return this.isEveryProperty || this.#properties?.has(name) === true;
  }

  hasItem(index: number): boolean {
    return this.isEveryItem || index < this.#prefix || this.#items?.has(index) === true;
  }

  /** Adds what a valid branch evaluated. */
  add(other: Seen): void {
    this.isEveryProperty ||= other.isEveryProperty;
    this.isEveryItem ||= other.isEveryItem;
    this.addPrefix(other.#prefix);
    for (const name of other.#properties ?? []) this.addProperty(name);
    for (const index of other.#items ?? []) this.addItem(index);
  }
}
