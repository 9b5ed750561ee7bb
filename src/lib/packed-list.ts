/** Long lists as bytes: transferable to another thread, and decoded a few values at a time. */
import { deserialize, serialize } from 'node:v8';
import type { Steps } from './steps.ts';

/** Values per piece: decoding takes about a millisecond. */
const PIECE = 200;

/** Packs plain values into pieces of bytes. */
export function packList(values: readonly unknown[]): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let i = 0; i < values.length; i += PIECE)
    pieces.push(new Uint8Array(serialize(values.slice(i, i + PIECE))));
  return pieces;
}

/** Decodes the values, one piece per step. */
export function* unpackList<Value>(pieces: readonly Uint8Array[]): Steps<Value[]> {
  const values: Value[] = [];
  for (const piece of pieces) {
    for (const value of deserialize(piece) as Value[]) values.push(value);
    yield;
  }
  return values;
}
