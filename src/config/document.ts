import type { Position } from './problem.ts';

/** A parsed file that remembers where everything stood. */
export interface ConfigDocument {
  /** Its content; `undefined` when it could not be read. */
  readonly content: unknown;
  /** Why it could not be read, or not be read for certain. */
  readonly problems: readonly { readonly position: Position; readonly message: string }[];
  /** Where the key, or the value, at a path stands, or else the nearest mapping or list around it. */
  locate(path: readonly PropertyKey[], part: 'key' | 'value'): Position;
}
