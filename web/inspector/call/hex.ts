/** Bytes as people read them: offset, sixteen bytes, and what is printable of them. */

/** More is not shown. */
const MOST_BYTES = 16_384;

export function hexDump(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, MOST_BYTES); at += 16)
    lines.push(hexLine(at, bytes.subarray(at, at + 16)));
  if (bytes.length > MOST_BYTES) lines.push(`… ${bytes.length - MOST_BYTES} bytes more`);
  return lines.join('\n');
}

function hexLine(at: number, bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const text = Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
  ).join('');
  return `${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`;
}
