/**
 * Renamed keys. A configuration keeps its meaning for ever: an old key still works, in the file, as a
 * variable and as a flag, and a warning says what to write instead.
 *
 * To rename a key, add a line here, a configuration with the old key in test/upgrade/, and a line in
 * CHANGELOG.md.
 */

export interface Deprecation {
  /** The old key: `drain.wait`. A `*` stands for any name or list index: `sinks.*.nats.topic`. */
  readonly key: string;
  /**
   * The current key to write instead, with the same number of `*`. Update it when that key is renamed, too.
   * `undefined`: none; the key no longer has an effect.
   */
  readonly instead: string | undefined;
  /** The first release with this warning: `0.4.0`. */
  readonly since: string;
  /** A further sentence for the warning, without a full stop. Default: none. */
  readonly message?: string;
  /**
   * Converts the value of a file, or the text of a variable or flag. Must accept any input and not throw.
   * Default: unchanged.
   */
  readonly convert?: (value: unknown) => unknown;
}

/** In the order in which they are applied: a section before its keys. */
export const deprecations: readonly Deprecation[] = [];
