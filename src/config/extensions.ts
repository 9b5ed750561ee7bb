/** Top-level keys that begin with `x-` belong to the user, for anchors of merge keys. */

const EXTENSION = /^x-/;

/** The same as a pattern of JSON Schema. */
export const extensionPattern = EXTENSION.source;

/** Returns the content without these keys. */
export function withoutExtensions(content: unknown): unknown {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return content;
  return Object.fromEntries(Object.entries(content).filter(([key]) => !EXTENSION.test(key)));
}
