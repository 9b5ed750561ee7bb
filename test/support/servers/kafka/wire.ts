/** Reading and writing the protocol of Kafka, as far as the tests' broker needs it. */

export class Reader {
  readonly #bytes: Buffer;
  offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get rest(): Buffer {
    return this.#bytes.subarray(this.offset);
  }

  take(length: number): Buffer {
    const bytes = this.#bytes.subarray(this.offset, this.offset + length);
    if (bytes.length < length) throw new RangeError('the packet is too short');
    this.offset += length;
    return bytes;
  }

  int8 = () => this.take(1).readInt8();
  int16 = () => this.take(2).readInt16BE();
  int32 = () => this.take(4).readInt32BE();
  int64 = () => this.take(8).readBigInt64BE();
  flag = () => this.int8() !== 0;

  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.take(1).readUInt8();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.take(length).toString();
  }

  bytes(): Buffer {
    return this.take(Math.max(0, this.int32()));
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }

  /** Of the flexible versions: the length plus one as a varint, 0 for nothing. */
  compactBytes(): Buffer | null {
    const length = this.varint() - 1;
    return length < 0 ? null : this.take(length);
  }

  compactText = () => this.compactBytes()?.toString() ?? null;

  compactArray<T>(read: () => T): T[] | null {
    const length = this.varint() - 1;
    return length < 0 ? null : Array.from({ length }, read);
  }

  tags(): void {
    for (let count = this.varint(); count > 0; count--) {
      this.varint();
      this.take(this.varint());
    }
  }
}

export class Writer {
  readonly #parts: Buffer[] = [];

  raw(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes));
    return this;
  }

  #number(size: number, write: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(size);
    write(bytes);
    return this.raw(bytes);
  }

  int8 = (value: number) => this.#number(1, (bytes) => bytes.writeInt8(value));
  int16 = (value: number) => this.#number(2, (bytes) => bytes.writeInt16BE(value));
  int32 = (value: number) => this.#number(4, (bytes) => bytes.writeInt32BE(value));
  int64 = (value: bigint) => this.#number(8, (bytes) => bytes.writeBigInt64BE(value));
  flag = (value: boolean) => this.int8(value ? 1 : 0);
  tags = () => this.varint(0);

  varint(value: number): this {
    let rest = value >>> 0;
    const bytes: number[] = [];
    while (rest > 0x7f) {
      bytes.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return this.raw(Buffer.from([...bytes, rest]));
  }

  text(value: string | null): this {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.from(value);
    return this.int16(bytes.length).raw(bytes);
  }

  bytes(value: Uint8Array): this {
    return this.int32(value.length).raw(value);
  }

  array<T>(items: readonly T[], write: (item: T) => unknown): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  compactText(value: string | null): this {
    return value === null ? this.varint(0) : this.compactBytes(Buffer.from(value));
  }

  compactBytes(value: Uint8Array): this {
    return this.varint(value.length + 1).raw(value);
  }

  compactArray<T>(items: readonly T[], write: (item: T) => unknown): this {
    this.varint(items.length + 1);
    for (const item of items) write(item);
    return this;
  }

  get buffer(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Splits a stream into packets: each has its length before it. */
export class Packets {
  #kept: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Buffer[] {
    this.#kept = Buffer.concat([this.#kept, chunk]);
    const packets: Buffer[] = [];
    while (this.#kept.length >= 4) {
      const end = 4 + this.#kept.readInt32BE();
      if (this.#kept.length < end) break;
      packets.push(this.#kept.subarray(4, end));
      this.#kept = this.#kept.subarray(end);
    }
    return packets;
  }
}

export function packetOf(body: Buffer): Buffer {
  return new Writer().bytes(body).buffer;
}
