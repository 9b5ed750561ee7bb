/** Data that a recording lacks, collected during one call as its policy asks for it. */

export interface Gap {
  /** For a person: `users: needs the password`. */
  readonly needs: string;
  /** All that the missing answer depends on, and all that it may grant. Never shown. */
  readonly signature: string;
  /** The grants if the missing answer admits the client; absent when they are unknown, too. */
  readonly admits?: { readonly by: string; readonly tags: Readonly<Record<string, string>> } | undefined;
}

export class Gaps {
  #found: Gap[] = [];
  /** Whether rules from an unrecorded login would have been evaluated. */
  hasAskedGrants = false;

  get found(): readonly Gap[] {
    return this.#found;
  }

  add(gap: Gap): void {
    this.#found.push(gap);
  }

  /** Starts another call. */
  reset(): void {
    this.#found = [];
    this.hasAskedGrants = false;
  }
}
