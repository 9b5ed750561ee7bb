/**
 * Decodes protobuf for the generated functions of gen/emqx/exhook/vN/exhook_wire.ts.
 *
 * The protobuf library does the same from descriptors. It is used for everything except broker calls: there, decoding
 * took longer than the rest of a call, and its descriptors took a quarter of the startup time.
 * test/protocol/wire/reader.test.ts compares the two.
 */

/** Reads the fields of a message up to `end`. */
export type Read = (reader: Reader, end: number) => object;

const WireType = { VARINT: 0, FIXED64: 1, BYTES: 2, GROUP: 3, END_GROUP: 4, FIXED32: 5 } as const;

/** Maximum nesting of groups, which occur only in unknown fields. */
const MAX_GROUPS = 100;

/** A 64-bit number has at most ten bytes of seven bits. */
const MAX_VARINT = 10;

/** The tags of a map entry. */
const KEY = 10;
const VALUE = 18;

/** Maximum number of map entries of a message: brokers send four headers, clients none. */
const MAX_ENTRIES = 4096;

const TWO_TO_32 = 2 ** 32;
const NOTHING = new Uint8Array();

/**
 * Methods throw a RangeError if the bytes are not protobuf, and a TypeError if a text is not valid UTF-8.
 * `limit` is the end of the current message.
 */
export class Reader {
  at = 0;
  #bytes: Uint8Array = NOTHING;
  #entries = 0;

  /** Reads one whole message. Do not keep the reader: it is reused. */
  read(bytes: Uint8Array, read: Read): object {
    this.#bytes = bytes;
    this.at = 0;
    this.#entries = 0;
    try {
      return read(this, bytes.length);
    } finally {
      this.#bytes = NOTHING;
    }
  }

  /** The low 32 bits of a number of up to 64. */
  uint32(): number {
    let byte = this.#byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 7 * MAX_VARINT; shift += 7) {
      byte = this.#byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw malformed();
  }

  bool(): boolean {
    let isSet = false;
    for (let i = 0; i < MAX_VARINT; i++) {
      const byte = this.#byte();
      if ((byte & 0x7f) !== 0) isSet = true;
      if (byte < 0x80) return isSet;
    }
    throw malformed();
  }

  uint64(): bigint {
    return BigInt.asUintN(64, this.int64());
  }

  int64(): bigint {
    let low = 0;
    let high = 0;
    for (let i = 0; i < MAX_VARINT; i++) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      // Seven bits per byte: the fifth byte has bits of both halves.
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (7 * i - 32);
      if (byte < 0x80) return toBigInt(low >>> 0, high);
    }
    throw malformed();
  }

  text(limit: number): string {
    const end = this.end(limit);
    const start = this.at;
    this.at = end;
    return readText(this.#bytes, start, end);
  }

  /**
   * Like `text`, for a text that rarely changes between calls, such as the name of the broker's node.
   *
   * @param last the previous text of this field; returned if the bytes are the same.
   */
  cachedText(limit: number, last: string): string {
    const end = this.end(limit);
    const start = this.at;
    this.at = end;
    return isText(this.#bytes, start, end, last) ? last : readText(this.#bytes, start, end);
  }

  /** A view, not a copy. */
  bytes(limit: number): Uint8Array {
    const end = this.end(limit);
    const bytes = this.#bytes.subarray(this.at, end);
    this.at = end;
    return bytes;
  }

  /** One entry of a `map<string, string>`. */
  entry(limit: number, map: Record<string, string>): void {
    if (++this.#entries > MAX_ENTRIES) throw malformed();
    const end = this.end(limit);
    let key = '';
    let value = '';
    while (this.at < end) {
      const tag = this.uint32();
      if (tag === KEY) key = this.text(end);
      else if (tag === VALUE) value = this.text(end);
      else this.skip(tag, end);
    }
    this.expect(end);
    if (key !== '__proto__') map[key] = value;
    else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  }

  /** Returns the end of the length-delimited content that begins here. */
  end(limit: number): number {
    const end = this.uint32() + this.at;
    if (end > limit) throw malformed();
    return end;
  }

  /** A message must end with its last field. */
  expect(end: number): void {
    if (this.at !== end) throw malformed();
  }

  /** Skips an unknown field. A field with the wrong wire type is unknown, too. */
  skip(tag: number, limit: number, depth = 0): void {
    if (tag >>> 3 === 0) throw malformed();
    switch (tag & 7) {
      case WireType.VARINT:
        this.bool();
        break;
      case WireType.FIXED64:
        this.at += 8;
        break;
      case WireType.BYTES:
        this.at = this.end(limit);
        break;
      case WireType.GROUP:
        this.#skipGroup(tag, limit, depth + 1);
        break;
      case WireType.FIXED32:
        this.at += 4;
        break;
      default:
        throw malformed();
    }
    if (this.at > limit) throw malformed();
  }

  #skipGroup(start: number, limit: number, depth: number): void {
    if (depth > MAX_GROUPS) throw malformed();
    while (this.at < limit) {
      const tag = this.uint32();
      if ((tag & 7) !== WireType.END_GROUP) this.skip(tag, limit, depth);
      else if (tag >>> 3 === start >>> 3) return;
      else throw malformed();
    }
    throw malformed();
  }

  #byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw malformed();
    return byte;
  }
}

function toBigInt(low: number, high: number): bigint {
  // Current times fit a double, which needs one bigint instead of three.
  if (high >= 0 && high < 2 ** 21) return BigInt(high * TWO_TO_32 + low);
  return (BigInt(high) << 32n) | BigInt(low);
}

// A leading U+FEFF is text. [MQTT-1.5.4-3]
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** From this length on, the platform's decoder is faster than ours, which decodes four characters at a time. */
const SHORT = 48;

function readText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return utf8.decode(bytes.subarray(start, end));
  let text = '';
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const a = bytes[i] as number;
    const b = bytes[i + 1] as number;
    const c = bytes[i + 2] as number;
    const d = bytes[i + 3] as number;
    if ((a | b | c | d) > 0x7f) return utf8.decode(bytes.subarray(start, end));
    text += String.fromCharCode(a, b, c, d);
  }
  for (; i < end; i++) {
    const a = bytes[i] as number;
    if (a > 0x7f) return utf8.decode(bytes.subarray(start, end));
    text += String.fromCharCode(a);
  }
  return text;
}

function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  const length = end - start;
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    // A non-ASCII byte is part of a character.
    if (unit > 0x7f || unit !== bytes[start + i]) return false;
  }
  return true;
}

function malformed(): RangeError {
  return new RangeError('not protobuf');
}
