import { hash } from 'node:crypto';

/** Texts of ordinary length stay readable in a dump of the memory, and cost no digest. */
const MAX_LENGTH = 256;

/**
 * The text itself, or of a long one a digest: as a key of a map, a text of 64 KiB takes as little room as another.
 * A digest begins with half of a surrogate pair, so that it equals no text that came from outside (those are well formed).
 */
export function compactText(text: string): string {
  return text.length <= MAX_LENGTH ? text : `\ud800${hash('sha256', text, 'base64')}`;
}
