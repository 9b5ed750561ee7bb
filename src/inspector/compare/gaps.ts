/** What a recording does not tell: collected while one call runs, as its policy asks for it. */

export interface Gap {
  /** For a person: `users: needs the password`. */
  readonly needs: string;
  /** All that the missing answer depends on, and all that it may bring. Never shown. */
  readonly signature: string;
  /** What the client is granted if the missing answer admits it; absent when that is missing too. */
  readonly admits?: { readonly by: string; readonly tags: Readonly<Record<string, string>> } | undefined;
}

export class Gaps {
  #found: Gap[] = [];
  /** Whether rules of the client's own, from a login that is not known, would have been asked. */
  hasAskedGrants = false;

  get found(): readonly Gap[] {
    return this.#found;
  }

  add(gap: Gap): void {
    this.#found.push(gap);
  }

  /** Another call begins. */
  reset(): void {
    this.#found = [];
    this.hasAskedGrants = false;
  }
}
