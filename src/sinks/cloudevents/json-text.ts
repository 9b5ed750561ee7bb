/**
 * JSON text as bytes, written piece by piece into one buffer that grows.
 *
 * On the path of every event: most of a JSON text is quoted strings, and writing them a character at a time is several
 * times faster than `JSON.stringify` and a copy for each.
 *
 * No text that is written holds a control character, of Unicode too, or what ends a line for some readers: they are
 * escaped, and so are halves of surrogate pairs. [RFC 8259, section 7]
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
/** The longest escape, `\u001f`, in bytes. */
const ESCAPE_BYTES = 6;
/** A UTF-16 unit that is not escaped takes at most so many bytes of UTF-8. */
const UNIT_BYTES = 3;
/** From so many characters on, a call into the engine is faster than a loop. */
const LONG = 64;
const INITIAL_BYTES = 4096;
/** A buffer that has grown beyond this is not kept for the next text. */
const MAX_SPARE_BYTES = 2 ** 20;

/** 1 for each ASCII character that stands for itself in a JSON string. */
const plain = Uint8Array.from({ length: 0x80 }, (_, code) =>
  code >= 0x20 && code !== QUOTE && code !== BACKSLASH && code !== 0x7f ? 1 : 0,
);

/** The second character of the short escapes, by code. */
const shortEscapes = new Map(
  Object.entries({ '"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't' }).map(
    ([character, letter]) => [character.charCodeAt(0), letter.charCodeAt(0)],
  ),
);

/** Kept from the last text: most texts need no new buffer. */
let spare: Buffer | undefined;

export class JsonText {
  #bytes: Buffer;
  #size = 0;

  constructor() {
    this.#bytes = spare ?? Buffer.allocUnsafeSlow(INITIAL_BYTES);
    spare = undefined;
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  /** Takes back all that was written after a size. */
  cut(size: number): void {
    this.#size = size;
  }

  /** Ends the text; nothing may be written afterwards. @returns a copy of its bytes */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#size));
    this.#release();
    return taken;
  }

  /** The same, as a string. */
  takeString(): string {
    const taken = this.#bytes.toString('utf8', 0, this.#size);
    this.#release();
    return taken;
  }

  #release(): void {
    if (this.#bytes.length <= MAX_SPARE_BYTES) spare = this.#bytes;
    this.#bytes = Buffer.alloc(0);
  }

  /** ASCII as it is: what is JSON already. */
  raw(text: string): void {
    const { length } = text;
    this.#reserve(length);
    if (length > LONG) {
      this.#size += this.#bytes.write(text, this.#size, 'latin1');
      return;
    }
    const bytes = this.#bytes;
    let at = this.#size;
    for (let index = 0; index < length; index++) bytes[at++] = text.charCodeAt(index);
    this.#size = at;
  }

  /** JSON that was made elsewhere, as it is. */
  json(text: string): void {
    this.#reserve(Buffer.byteLength(text));
    this.#size += this.#bytes.write(text, this.#size);
  }

  /** A JSON string. */
  string(text: string): void {
    const { length } = text;
    this.#reserve(length * UNIT_BYTES + 2);
    let bytes = this.#bytes;
    let at = this.#size;
    bytes[at++] = QUOTE;
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit < 0x80 && plain[unit] === 1) {
        bytes[at++] = unit;
        continue;
      }
      this.#size = at;
      const left = (length - index - 1) * UNIT_BYTES + 1;
      if (isLowAfterHigh(text, index + 1)) this.#writeCode(text.codePointAt(index++) as number, left);
      else this.#writeCode(unit, left);
      bytes = this.#bytes;
      at = this.#size;
    }
    bytes[at++] = QUOTE;
    this.#size = at;
  }

  /** A JSON string of bytes that are valid UTF-8. */
  utf8(text: Uint8Array): void {
    const { length } = text;
    this.#reserve(length + 2);
    let bytes = this.#bytes;
    let at = this.#size;
    bytes[at++] = QUOTE;
    for (let index = 0; index < length; index++) {
      const byte = text[index] as number;
      if (byte < 0x80 ? plain[byte] === 1 : byte !== 0xc2 && byte !== 0xe2) {
        bytes[at++] = byte;
        continue;
      }
      this.#size = at;
      index += this.#writeSpecial(text, index);
      bytes = this.#bytes;
      at = this.#size;
    }
    bytes[at++] = QUOTE;
    this.#size = at;
  }

  /** One character of UTF-8 that may need an escape. @returns how many bytes it has beyond the first */
  #writeSpecial(text: Uint8Array, index: number): number {
    const first = text[index] as number;
    const second = text[index + 1] as number;
    const left = text.length - index;
    if (first < 0x80) this.#writeCode(first, left);
    else if (first === 0xc2) this.#writeCode(second, left);
    else
      this.#writeCode(
        ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | ((text[index + 2] as number) & 0x3f),
        left,
      );
    if (first < 0x80) return 0;
    return first === 0xc2 ? 1 : 2;
  }

  /** A code point, escaped where it must be. @param left bytes to keep for what follows */
  #writeCode(code: number, left: number): void {
    this.#reserve(ESCAPE_BYTES + left);
    if (mustEscape(code)) this.#escape(code);
    else this.#size += this.#bytes.write(String.fromCodePoint(code), this.#size);
  }

  #escape(code: number): void {
    const bytes = this.#bytes;
    bytes[this.#size++] = BACKSLASH;
    const letter = shortEscapes.get(code);
    if (letter !== undefined) {
      bytes[this.#size++] = letter;
      return;
    }
    bytes[this.#size++] = LOWER_U;
    for (let shift = 12; shift >= 0; shift -= 4) bytes[this.#size++] = hexDigit((code >> shift) & 0x0f);
  }

  #reserve(more: number): void {
    const needed = this.#size + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
  }
}

/** A JSON string without any control character, however it is read or shown. */
export function quote(text: string): string {
  const json = new JsonText();
  json.string(text);
  return json.takeString();
}

function isLowAfterHigh(text: string, index: number): boolean {
  return (text.charCodeAt(index - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(index) & 0xfc00) === 0xdc00;
}

/** Besides what JSON demands: what ends a line for some readers, the terminal controls of Unicode, lone surrogates. */
function mustEscape(code: number): boolean {
  if (code < 0x80) return plain[code] === 0;
  return code <= 0x9f || code === 0x2028 || code === 0x2029 || (code >= 0xd800 && code <= 0xdfff);
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
