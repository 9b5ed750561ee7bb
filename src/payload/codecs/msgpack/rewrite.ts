/** Writes a changed value based on the MessagePack it was read from. */
import type { CodecLimits } from '../limits.ts';
import { keyFor } from '../rewrite/keys.ts';
import { type Container, type Kind, Rewriter, type Sink, type Source } from '../rewrite/rewrite.ts';
import type { Value } from '../value.ts';
import { MsgpackCursor } from './cursor.ts';
import { isFixInteger, isFixList, isFixMap, isFixText, isText, longHead } from './head.ts';
import { MsgpackReader } from './read.ts';

/**
 * @param bytes that {@link readMsgpack} made `before` of, within the same limits
 * @param encode for new values
 */
export function rewriteMsgpack(
  bytes: Uint8Array,
  before: Value,
  after: Value,
  limits: CodecLimits,
  encode: (value: Value) => Uint8Array,
): Uint8Array {
  const sink = new MsgpackSink(bytes, encode);
  new Rewriter(() => new MsgpackSource(bytes, limits), sink, before).rewrite(after);
  return sink.bytes();
}

class MsgpackSource implements Source {
  readonly #cursor: MsgpackCursor;
  readonly #reader: MsgpackReader;

  constructor(bytes: Uint8Array, limits: CodecLimits) {
    this.#cursor = new MsgpackCursor(bytes);
    this.#reader = new MsgpackReader(this.#cursor, limits);
  }

  get at(): number {
    return this.#cursor.at;
  }

  isEnd(): boolean {
    return false;
  }

  key() {
    const head = this.#cursor.peek();
    return { name: this.#reader.key(), isText: isText(head) };
  }

  skip(): void {
    const container = this.enter();
    if (container === undefined) this.#skipScalar();
    else {
      const items = container.kind === 'map' ? 2 * container.size : container.size;
      for (let i = 0; i < items; i++) this.skip();
    }
  }

  #skipScalar(): void {
    const cursor = this.#cursor;
    const head = cursor.byte();
    if (isFixInteger(head)) return;
    if (isFixText(head)) {
      cursor.skip(head & 0x1f);
      return;
    }
    const [kind, size] = longHead(head);
    if (kind === 'text' || kind === 'bytes') cursor.skip(cursor.length(size));
    // The type, then the content.
    else if (kind === 'extension') cursor.skip(cursor.length(size) + 1);
    else cursor.skip(kind === 'fixed extension' ? size + 1 : size);
  }

  enter(): { readonly kind: Kind; readonly size: number } | undefined {
    const cursor = this.#cursor;
    const head = cursor.peek();
    if (isFixMap(head) || isFixList(head)) {
      cursor.skip(1);
      return { kind: isFixMap(head) ? 'map' : 'list', size: head & 0x0f };
    }
    if (head < 0xdc || head > 0xdf) return undefined;
    cursor.skip(1);
    const [kind, size] = longHead(head);
    return { kind: kind as Kind, size: cursor.length(size) };
  }
}

class MsgpackSink implements Sink {
  readonly #from: Uint8Array;
  readonly #encode: (value: Value) => Uint8Array;
  readonly #parts: Uint8Array[] = [];

  constructor(from: Uint8Array, encode: (value: Value) => Uint8Array) {
    this.#from = from;
    this.#encode = encode;
  }

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }

  copy(start: number, end: number): void {
    this.#parts.push(this.#from.subarray(start, end));
  }

  item(value: Value): void {
    this.#parts.push(this.#encode(value));
  }

  key(name: string, mayBeInteger: boolean): void {
    this.item(keyFor(name, mayBeInteger));
  }

  open(kind: Kind, size: number): void {
    this.#parts.push(headOf(kind, size));
  }

  reopen({ kind }: Container, size: number): void {
    this.open(kind, size);
  }

  close(): void {}
}

function headOf(kind: Kind, size: number): Uint8Array {
  const [fix, short] = kind === 'map' ? [0x80, 0xde] : [0x90, 0xdc];
  if (size < 16) return Uint8Array.of(fix | size);
  if (size < 2 ** 16) return Uint8Array.of(short, size >> 8, size & 0xff);
  return Uint8Array.of(short + 1, size >>> 24, (size >>> 16) & 0xff, (size >>> 8) & 0xff, size & 0xff);
}
