/**
 * Gathers outgoing frames in one buffer: all replies to a chunk then leave in one write. A connection has a buffer only
 * while there is output; idle connections need none.
 */
import {
  copyBytes,
  DEFAULT_MAX_FRAME_SIZE,
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
  writeFrameHeader,
  writeUint32,
} from './frame.ts';
import { emptyTableUpdate } from './hpack/encoder.ts';
import type { Transport } from './transport.ts';

/** Room for many replies; more than the largest frame that this server sends. */
const BUFFER_BYTES = 65_536;

/** Buffers that are free at the moment. */
const MAX_SPARE = 4;
const spare: Uint8Array[] = [];

const NOTHING = new Uint8Array(0);

export class Output {
  /** The position that {@link reserve} made room at. */
  buffer: Uint8Array = NOTHING;
  /**
   * Set if the peer wants a smaller table than the initial one: the next header block must begin by emptying it. [RFC
   * 7541, section 4.2]
   */
  mustUpdateTable = false;
  #length = 0;
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Bytes not handed to the transport yet. */
  get length(): number {
    return this.#length;
  }

  /** Makes room for a number of bytes, at most {@link BUFFER_BYTES}. @returns where in {@link buffer} they go. */
  reserve(bytes: number): number {
    if (this.#length + bytes > this.buffer.length) {
      this.flush();
      this.buffer = spare.pop() ?? new Uint8Array(BUFFER_BYTES);
    }
    const at = this.#length;
    this.#length = at + bytes;
    return at;
  }

  /** Hands over what was gathered. */
  flush(): void {
    if (this.#length === 0) return;
    const { buffer } = this;
    const bytes = buffer.subarray(0, this.#length);
    this.#length = 0;
    this.buffer = NOTHING;
    if (this.#transport.write(bytes) && spare.length < MAX_SPARE) spare.push(buffer);
  }

  frame(type: number, flags: number, stream: number, payload: Uint8Array): void {
    const at = this.reserve(FRAME_HEADER_BYTES + payload.length);
    writeFrameHeader(this.buffer, at, payload.length, type, flags, stream);
    copyBytes(this.buffer, at + FRAME_HEADER_BYTES, payload);
  }

  /** Writes a frame whose payload is one 32-bit number: WINDOW_UPDATE, RST_STREAM. */
  frameOfNumber(type: number, stream: number, value: number): void {
    const at = this.reserve(FRAME_HEADER_BYTES + 4);
    writeFrameHeader(this.buffer, at, 4, type, 0, stream);
    writeUint32(this.buffer, at + FRAME_HEADER_BYTES, value);
  }

  /** Writes a header block: HEADERS, and CONTINUATION for what does not fit. [RFC 9113, section 6.10] */
  headers(stream: number, fields: Uint8Array, isLast: boolean): void {
    const block = this.mustUpdateTable ? concat(emptyTableUpdate, fields) : fields;
    this.mustUpdateTable = false;
    const end = isLast ? Flag.END_STREAM : 0;
    if (block.length <= DEFAULT_MAX_FRAME_SIZE) {
      this.frame(FrameType.HEADERS, end | Flag.END_HEADERS, stream, block);
      return;
    }
    for (let at = 0; at < block.length; at += DEFAULT_MAX_FRAME_SIZE) {
      const piece = block.subarray(at, at + DEFAULT_MAX_FRAME_SIZE);
      const isEnd = at + piece.length === block.length;
      const type = at === 0 ? FrameType.HEADERS : FrameType.CONTINUATION;
      this.frame(type, (at === 0 ? end : 0) | (isEnd ? Flag.END_HEADERS : 0), stream, piece);
    }
  }

  /** Writes DATA with this part of the bytes. */
  data(stream: number, bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    this.frame(FrameType.DATA, isLast ? Flag.END_STREAM : 0, stream, bytes.subarray(start, end));
  }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
