import { isAscii } from 'node:buffer';

/** The error for a file that {@link textOf} cannot read. */
export const TOO_LARGE = 'has more than 512 MiB: split it into several files';

/** Decodes UTF-8 bytes; returns nothing when they exceed the longest string. */
export function textOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): string | undefined {
  const text = Buffer.from(buffer, byteOffset, byteLength);
  try {
    // One-byte text stays outside the heap, which may be small.
    return text.toString(isAscii(text) ? 'latin1' : 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_STRING_TOO_LONG') return undefined;
    throw error;
  }
}
