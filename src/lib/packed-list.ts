/** Long lists as bytes, which another thread can be given without a copy, and which are read a few values at a time. */
import { deserialize, serialize } from 'node:v8';
import type { Steps } from './steps.ts';

/** Values in one piece: to read so many takes about a millisecond. */
const PIECE = 200;

/** Plain values as pieces of bytes. */
export function packList(values: readonly unknown[]): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let i = 0; i < values.length; i += PIECE)
    pieces.push(new Uint8Array(serialize(values.slice(i, i + PIECE))));
  return pieces;
}

/** The values again, a piece a step. */
export function* unpackList<Value>(pieces: readonly Uint8Array[]): Steps<Value[]> {
  const values: Value[] = [];
  for (const piece of pieces) {
    for (const value of deserialize(piece) as Value[]) values.push(value);
    yield;
  }
  return values;
}
