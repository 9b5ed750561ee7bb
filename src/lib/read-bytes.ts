/** Reads a file of any size without blocking the thread: in pieces, as bytes. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { isBlankFile } from './emptied.ts';
import { sleep } from './sleep.ts';

/** The content of a file, and its digest; `''` for a file that is empty or has only comments. */
export interface FileBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly digest: string;
}

/** Bytes of a piece: hashing one takes less than a millisecond. */
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

/** Like {@link readBytes}, for a text in memory. */
export function bytesOf(text: string): FileBytes {
  const bytes = new Uint8Array(Buffer.byteLength(text));
  new TextEncoder().encodeInto(text, bytes);
  return { bytes, digest: isBlankFile(bytes) ? '' : createHash('sha256').update(bytes).digest('base64') };
}

/** A pipe has no size, and a file may grow meanwhile: the size is only a first guess. */
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

/** Not zeroed, and a separate buffer that can be transferred to another thread. */
function allocate(size: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = Buffer.allocUnsafeSlow(size);
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}
