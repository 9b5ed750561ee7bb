/** Untrusted text in the columns of a line: truncated, printable, and padded. */

import { isUtf8 } from 'node:buffer';
import { printable } from '../../lib/printable.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** At most `max` characters of a text, without terminal control sequences. */
export function clean(text: string, max = 64): string {
  // A character has at most two units: the part that is sliced off is never shown.
  const characters = text.length > max ? Array.from(text.slice(0, 2 * max + 2)) : undefined;
  const isCut = characters !== undefined && characters.length > max;
  const shown = isCut ? `${characters.slice(0, max - 1).join('')}…` : text;
  return printable(shown);
}

/** Most bytes of a payload to read. */
const PREVIEW_BYTES = 256;
const PREVIEW_CHARACTERS = 48;
const PREVIEW_BINARY = 16;

/** The beginning of a payload and, if that is not all of it, its size: `{"t":21.5}`, `00 01 ff (3 B)`. */
export function previewPayload(payload: Uint8Array): string {
  if (payload.length === 0) return '(empty)';
  const text = decodeStart(payload);
  const size = ` (${formatBytes(payload.length)})`;
  if (text === undefined) return `${hexOf(payload.subarray(0, PREVIEW_BINARY))}${size}`;
  const isWhole = payload.length <= PREVIEW_BYTES && text.length <= PREVIEW_CHARACTERS;
  return isWhole
    ? clean(text, PREVIEW_CHARACTERS)
    : `${clean(text, PREVIEW_CHARACTERS).replace(/…?$/, '…')}${size}`;
}

/** The text at the start, up to a whole character; `undefined` if it is not UTF-8. */
function decodeStart(payload: Uint8Array): string | undefined {
  let end = Math.min(payload.length, PREVIEW_BYTES);
  // A byte 10xxxxxx continues a character, which has at most four.
  for (let i = 0; i < 3 && ((payload[end] ?? 0) & 0xc0) === 0x80; i++) end--;
  const start = payload.subarray(0, end);
  return isUtf8(start) ? utf8.decode(start) : undefined;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, hex).join(' ');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** `900 B`, `1.5 kB`, `16.8 MB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;
const narrow = /^[\x20-\x7e]*$/;

/** A text padded to a number of columns; Chinese, Japanese, Korean and emoji take two each, accents none. */
export function pad(text: string, columns: number): string {
  if (narrow.test(text)) return text.padEnd(columns);
  const width = Array.from(text.replace(/\p{Mn}/gu, '')).length + (text.match(wide)?.length ?? 0);
  return text + ' '.repeat(Math.max(0, columns - width));
}
