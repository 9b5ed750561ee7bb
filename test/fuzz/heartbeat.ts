/** What one thread is at, for another to see while the first does not answer. */
import type { Json } from './target.ts';

export interface Doing {
  readonly target: string;
  readonly input: Json;
}

/** Two numbers of 32 bits, and then the text: how often it was written, and how long it is. */
const HEADER_BYTES = 8;
const encoder = new TextEncoder();

export function writeHeartbeat(shared: SharedArrayBuffer, doing: Doing): void {
  const header = new Int32Array(shared, 0, 2);
  const text = encoder.encode(JSON.stringify(doing));
  const room = shared.byteLength - HEADER_BYTES;
  // A truncated text would not be JSON.
  const isKept = text.length <= room;
  if (isKept) new Uint8Array(shared, HEADER_BYTES).set(text);
  Atomics.store(header, 1, isKept ? text.length : 0);
  Atomics.add(header, 0, 1);
}

export function readHeartbeat(shared: SharedArrayBuffer): { beats: number; last: Doing | undefined } {
  const header = new Int32Array(shared, 0, 2);
  const beats = Atomics.load(header, 0);
  const length = Atomics.load(header, 1);
  const bytes = Uint8Array.from(new Uint8Array(shared, HEADER_BYTES, length));
  try {
    return { beats, last: JSON.parse(new TextDecoder().decode(bytes)) as Doing };
  } catch {
    return { beats, last: undefined };
  }
}
