/** Reads a file of any size without holding the thread up: in pieces, and as bytes. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { isBlankFile } from './emptied.ts';
import { sleep } from './sleep.ts';

/** What a file held, and a digest that tells it from other contents; `''` for a file that holds nothing, or comments alone. */
export interface FileBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly digest: string;
}

/** Bytes of a piece: to digest one takes less than a millisecond. */
const PIECE = 256 * 1024;
/** Milliseconds between two pieces: on few cores a large file would take all of them while calls wait. */
const REST = 1;

/** @throws the error of the file system. */
export async function readBytes(path: string): Promise<FileBytes> {
  const file = await open(path);
  try {
    return await readAll(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

/** The same of what is in memory. */
export function bytesOf(text: string): FileBytes {
  const bytes = new Uint8Array(Buffer.byteLength(text));
  new TextEncoder().encodeInto(text, bytes);
  return { bytes, digest: isBlankFile(bytes) ? '' : createHash('sha256').update(bytes).digest('base64') };
}

/** A pipe has no size, and a file may grow meanwhile: the size is only where to begin. */
async function readAll(file: FileHandle, size: number): Promise<FileBytes> {
  const hash = createHash('sha256');
  let bytes = allocate(size + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, Math.min(PIECE, bytes.length - length), null);
    if (bytesRead === 0) break;
    hash.update(bytes.subarray(length, length + bytesRead));
    length += bytesRead;
    if (bytesRead === PIECE) await sleep(REST);
    if (length === bytes.length) {
      const more = allocate(2 * bytes.length);
      more.set(bytes);
      bytes = more;
    }
  }
  const read = bytes.subarray(0, length);
  return { bytes: read, digest: isBlankFile(read) ? '' : hash.digest('base64') };
}

/** Not filled with zeros, and a buffer of its own that can be given to another thread. */
function allocate(size: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = Buffer.allocUnsafeSlow(size);
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}
