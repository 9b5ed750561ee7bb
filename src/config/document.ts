import type { Position } from './problem.ts';

/** A parsed file that knows the positions of its parts. */
export interface ConfigDocument {
  /** Its content; `undefined` when it could not be parsed. */
  readonly content: unknown;
  /** Why it could not be parsed, or only ambiguously. */
  readonly problems: readonly { readonly position: Position; readonly message: string }[];
  /** Returns the position of the key or value at a path, or of the nearest enclosing mapping or list. */
  locate(path: readonly PropertyKey[], part: 'key' | 'value'): Position;
}
