/** Keys of the file that are the user's own: `x-` at the top, where anchors for merge keys are put. */

const EXTENSION = /^x-/;

/** What JSON Schema says of them. */
export const extensionPattern = EXTENSION.source;

/** The content without them. */
export function withoutExtensions(content: unknown): unknown {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return content;
  return Object.fromEntries(Object.entries(content).filter(([key]) => !EXTENSION.test(key)));
}
