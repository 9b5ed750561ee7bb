/**
 * Restores PEM text (RFC 7468) that was passed in an environment variable: line breaks written as `\n` or
 * turned into blanks, and surrounding quotes. Other text is left unchanged.
 */

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;
const LINE = /.{1,64}/g;

/** Returns the text with its line breaks. */
export function restorePem(text: string): string {
  if (!text.includes('-----BEGIN ')) return text;
  const unquoted = text.replaceAll(/^\s*["']|["']\s*$/g, '');
  return unquoted.replaceAll(/\\r|\\n/g, '\n').replaceAll(BLOCK, restoreBlock);
}

/** A block with headers, as encrypted keys have, is left unchanged: its lines cannot be told apart. */
function restoreBlock(block: string, label: string, body: string): string {
  if (body.includes(':')) return block;
  const lines = body.replaceAll(/\s+/g, '').match(LINE) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n');
}
