/** Encodes protobuf for the generated functions of gen/emqx/exhook/vN/exhook_wire.ts; see reader.ts. */

/** Writes the fields of a message; omits absent fields. */
export type Write = (writer: Writer, message: never) => void;

/** Maximum UTF-8 bytes per UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;
/** A 32-bit number has at most five bytes of seven bits. */
const MAX_VARINT32 = 5;
const INITIAL_BYTES = 1024;
/** From this length on, the platform's encoder is faster. */
const SHORT = 64;

/** The tags of a map entry. */
const KEY = 10;
const VALUE = 18;

const utf8 = new TextEncoder();

/** Omits defaults, as in proto3. */
export class Writer {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #size = 0;

  /** Writes one whole message. */
  write(write: Write, message: object): Uint8Array {
    this.#size = 0;
    write(this, message as never);
    return this.#bytes.slice(0, this.#size);
  }

  text(tag: number, value = ''): void {
    if (value === '') return;
    this.#uint32(tag);
    this.#text(value);
  }

  bytes(tag: number, value: Uint8Array | undefined): void {
    if (value === undefined || value.length === 0) return;
    this.#uint32(tag);
    this.#uint32(value.length);
    this.#makeRoom(value.length);
    this.#bytes.set(value, this.#size);
    this.#size += value.length;
  }

  uint32(tag: number, value = 0): void {
    if (value === 0) return;
    this.#uint32(tag);
    this.#uint32(value);
  }

  bool(tag: number, value: boolean | undefined): void {
    if (value) this.presentBool(tag, value);
  }

  /** A case of a oneof is written even with the default value. */
  presentBool(tag: number, value: boolean): void {
    this.#uint32(tag);
    this.#uint32(value ? 1 : 0);
  }

  uint64(tag: number, value = 0n): void {
    if (value === 0n) return;
    this.#uint32(tag);
    let rest = BigInt.asUintN(64, value);
    for (; rest > 0xffffffffn; rest >>= 7n) {
      this.#makeRoom(1);
      this.#bytes[this.#size++] = Number(rest & 0x7fn) | 0x80;
    }
    this.#uint32(Number(rest));
  }

  /** A sub-message. */
  message<T>(tag: number, write: (writer: Writer, message: T) => void, value: T | undefined): void {
    if (value === undefined) return;
    this.#uint32(tag);
    const start = this.#open();
    write(this, value);
    this.#close(start);
  }

  /** A `map<string, string>`. */
  map(tag: number, map: Readonly<Record<string, string>> = {}): void {
    for (const key of Object.keys(map)) {
      this.#uint32(tag);
      const start = this.#open();
      this.#uint32(KEY);
      this.#text(key);
      this.#uint32(VALUE);
      this.#text(map[key] ?? '');
      this.#close(start);
    }
  }

  /** Writes each item of a `repeated string`, including empty ones. */
  texts(tag: number, values: readonly string[] = []): void {
    for (const value of values) {
      this.#uint32(tag);
      this.#text(value);
    }
  }

  /** Reserves one byte for the length of the content, which is not known yet. */
  #open(): number {
    this.#makeRoom(1);
    this.#size++;
    return this.#size;
  }

  #close(start: number): void {
    const length = this.#size - start;
    const more = sizeOf(length) - 1;
    if (more > 0) {
      this.#makeRoom(more);
      this.#bytes.copyWithin(start + more, start, start + length);
    }
    this.#size = start - 1;
    this.#uint32(length);
    this.#size += length;
  }

  #text(value: string): void {
    this.#makeRoom(1 + value.length * MAX_BYTES_PER_UNIT);
    const start = this.#open();
    this.#size =
      start + (this.#ascii(value, start) ?? utf8.encodeInto(value, this.#bytes.subarray(start)).written);
    this.#close(start);
  }

  /** Writes short ASCII texts, which is faster here; stops at the first other character. */
  #ascii(value: string, start: number): number | undefined {
    const length = value.length;
    if (length > SHORT) return undefined;
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) return undefined;
      bytes[start + i] = unit;
    }
    return length;
  }

  #uint32(value: number): void {
    this.#makeRoom(MAX_VARINT32);
    let rest = value >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#size++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#size++] = rest;
  }

  #makeRoom(bytes: number): void {
    const needed = this.#size + bytes;
    if (needed <= this.#bytes.length) return;
    const roomy = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    roomy.set(this.#bytes);
    this.#bytes = roomy;
  }
}

function sizeOf(value: number): number {
  let size = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size++;
  return size;
}
