/** Writes a changed value based on the CBOR it was read from. */

import type { CodecLimits } from '../limits.ts';
import { keyFor } from '../rewrite/keys.ts';
import { type Container, type Kind, Rewriter, type Sink, type Source } from '../rewrite/rewrite.ts';
import type { Value } from '../value.ts';
import { CborCursor, INDEFINITE } from './cursor.ts';
import { CborReader, MAJOR } from './read.ts';
import { CborWriter } from './write.ts';

/** @param bytes that {@link readCbor} made `before` of, within the same limits */
export function rewriteCbor(bytes: Uint8Array, before: Value, after: Value, limits: CodecLimits): Uint8Array {
  const sink = new CborSink(bytes);
  new Rewriter(() => new CborSource(bytes, limits), sink, before).rewrite(after);
  return sink.bytes();
}

const BREAK = Uint8Array.of(0xff);

class CborSource implements Source {
  readonly #cursor: CborCursor;
  readonly #reader: CborReader;

  constructor(bytes: Uint8Array, limits: CodecLimits) {
    this.#cursor = new CborCursor(bytes);
    this.#reader = new CborReader(this.#cursor, limits);
  }

  get at(): number {
    return this.#cursor.at;
  }

  isEnd(): boolean {
    return this.#cursor.isBreak();
  }

  key() {
    const isText = this.#cursor.peek() >> 5 === MAJOR.text;
    return { name: this.#reader.key(), isText };
  }

  skip(): void {
    const head = this.#cursor.byte();
    const major = head >> 5;
    const info = head & 0x1f;
    if (info === INDEFINITE) {
      while (!this.#cursor.isBreak()) this.skip();
      return;
    }
    // The argument of a float or simple value is its content.
    const argument = Number(this.#cursor.argument(info));
    if (major === MAJOR.bytes || major === MAJOR.text) this.#cursor.skip(argument);
    else if (major === MAJOR.tag) this.skip();
    else if (major === MAJOR.array) for (let i = 0; i < argument; i++) this.skip();
    else if (major === MAJOR.map) for (let i = 0; i < 2 * argument; i++) this.skip();
  }

  enter(): Container | undefined {
    const start = this.#cursor.at;
    this.#cursor.tags();
    const head = this.#cursor.byte();
    const major = head >> 5;
    if (major !== MAJOR.array && major !== MAJOR.map) {
      this.#cursor.back(start);
      return undefined;
    }
    const info = head & 0x1f;
    const size = info === INDEFINITE ? undefined : Number(this.#cursor.argument(info));
    return { kind: major === MAJOR.array ? 'list' : 'map', size };
  }
}

class CborSink implements Sink {
  readonly #from: Uint8Array;
  readonly #writer = new CborWriter();

  constructor(from: Uint8Array) {
    this.#from = from;
  }

  bytes(): Uint8Array {
    return this.#writer.bytes();
  }

  copy(start: number, end: number): void {
    this.#writer.raw(this.#from.subarray(start, end));
  }

  item(value: Value): void {
    this.#writer.item(value);
  }

  key(name: string, mayBeInteger: boolean): void {
    this.#writer.item(keyFor(name, mayBeInteger));
  }

  open(kind: Kind, size: number): void {
    this.#writer.head(kind, size);
  }

  /** Keeps the tags of the container, and an indefinite length. */
  reopen({ kind, size: before }: Container, size: number, start: number): void {
    const cursor = new CborCursor(this.#from);
    cursor.back(start);
    cursor.tags();
    this.copy(start, cursor.at);
    if (before === undefined) this.copy(cursor.at, cursor.at + 1);
    else this.open(kind, size);
  }

  close({ size }: Container): void {
    if (size === undefined) this.#writer.raw(BREAK);
  }
}
