/**
 * PEM text (RFC 7468) as it was before an environment variable held it: line breaks written as `\n`, or turned into
 * blanks, and quotes around it. What is no PEM is left as it is.
 */

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;
const LINE = /.{1,64}/g;

/** The text with its line breaks. */
export function restorePem(text: string): string {
  if (!text.includes('-----BEGIN ')) return text;
  const unquoted = text.replaceAll(/^\s*["']|["']\s*$/g, '');
  return unquoted.replaceAll(/\\r|\\n/g, '\n').replaceAll(BLOCK, restoreBlock);
}

/** A block with headers, as encrypted keys have them, is left as it is: its lines cannot be told apart. */
function restoreBlock(block: string, label: string, body: string): string {
  if (body.includes(':')) return block;
  const lines = body.replaceAll(/\s+/g, '').match(LINE) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n');
}
