/**
 * Keys that have another name now. What a configuration meant when it was written it means for ever: an old key
 * goes on working, in the file, as a variable and as a flag, and a warning says what to write instead.
 *
 * A change of a key is a line here, a configuration with the old key in test/upgrade/, and a line in CHANGELOG.md.
 */

export interface Deprecation {
  /** As it was written: `drain.wait`. A `*` stands for any name, or any item of a list: `sinks.*.nats.topic`. */
  readonly key: string;
  /**
   * What to write instead: a key of today, with the same number of `*`. When that changes too, it changes here.
   * `undefined`: nothing; the key has no effect any more.
   */
  readonly instead: string | undefined;
  /** The release that said so first: `0.4.0`. */
  readonly since: string;
  /** What else there is to know, as a sentence without a full stop. Default: nothing. */
  readonly message?: string;
  /** The new value, of that in a file, or of the text of a variable or flag. Must take whatever it is given, and not throw. Default: the same. */
  readonly convert?: (value: unknown) => unknown;
}

/** In the order in which they are applied: a section before what was in it. */
export const deprecations: readonly Deprecation[] = [];
