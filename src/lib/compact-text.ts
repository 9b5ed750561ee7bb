import { hash } from 'node:crypto';

/** Texts up to this length stay readable in a memory dump, and need no digest. */
const MAX_LENGTH = 256;

/**
 * Returns the text itself, or a digest of a long one: as a map key, a text of 64 KiB takes no more room than
 * others. A digest begins with half of a surrogate pair, so it differs from all well-formed texts.
 */
export function compactText(text: string): string {
  return text.length <= MAX_LENGTH ? text : `\ud800${hash('sha256', text, 'base64')}`;
}
