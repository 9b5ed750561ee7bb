import { isAscii } from 'node:buffer';

/** What to say of a file that {@link textOf} cannot read. */
export const TOO_LARGE = 'has more than 512 MiB: split it into several files';

/** The text of UTF-8 bytes; nothing for more than a string can hold. */
export function textOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): string | undefined {
  const text = Buffer.from(buffer, byteOffset, byteLength);
  try {
    // A text of one byte a character stays out of the heap, which may be small.
    return text.toString(isAscii(text) ? 'latin1' : 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_STRING_TOO_LONG') return undefined;
    throw error;
  }
}
