/**
 * User properties from EMQX before 5.9: one entry `User-Property` whose value is a printed Erlang
 * term, for example `[{<<"unit">>,<<"C">>},{<<"site">>,<<229,140,151>>}]`.
 */
import { isShortened } from '../schema/list-limit.ts';
import type { Property } from '../schema/vocabulary.ts';

const NAME = 'User-Property';

/** Splits the `User-Property` entry. An unreadable entry stays unchanged. */
export function splitUserProperties<T extends { props: Property[] }>(
  request: T,
): T & { userProps: Property[] } {
  const entry = request.props.find(({ name }) => name === NAME);
  const userProps = entry && parseErlangPairs(entry.value);
  if (userProps === undefined) return { ...request, userProps: [] };
  return { ...request, props: request.props.filter((property) => property !== entry), userProps };
}

// A binary is printed as a string if all its bytes are printable Latin-1, else as numbers. With /utf8 the
// string contains characters, without it bytes. Sticky, without nested repetition: linear in the text.
const pair =
  /\s*\{\s*<<(?:"([^"\\]*(?:\\.[^"\\]*)*)"(\/utf8)?|([\d,\s]*))>>\s*,\s*<<(?:"([^"\\]*(?:\\.[^"\\]*)*)"(\/utf8)?|([\d,\s]*))>>\s*\}\s*/sy;

/** Longer than the printed properties of any packet (4 characters per byte, 1 MB). The matcher's stack is limited. */
const MAX_TERM = 4 * 2 ** 20;

/** Parses `[{<<"a">>,<<"b">>}, ...]`; returns `undefined` for any other text. */
export function parseErlangPairs(term: string): Property[] | undefined {
  if (term.length > MAX_TERM) return undefined;
  const text = term.trim();
  if (!text.startsWith('[') || !text.endsWith(']')) return undefined;
  const pairs: Property[] = [];
  const end = text.length - 1;
  for (let at = 1; at < end && !isShortened(pairs); at++) {
    pair.lastIndex = at;
    const found = pair.exec(text);
    if (found === null) return undefined;
    const name = readBinary(found[1], found[2], found[3]);
    const value = readBinary(found[4], found[5], found[6]);
    if (name === undefined || value === undefined) return undefined;
    pairs.push({ name, value });
    at = pair.lastIndex;
    if (at !== end && (text[at] !== ',' || at + 1 === end)) return undefined;
  }
  return pairs;
}

function readBinary(quoted: string | undefined, utf8: string | undefined, numbers = ''): string | undefined {
  if (quoted === undefined) return decodeNumbers(numbers);
  const text = unescapeErlang(quoted);
  return utf8 === undefined ? decodeLatin1(text) : text;
}

// A leading U+FEFF is text. [MQTT-1.5.4-3]
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

// ASCII is the same in UTF-8.
const ascii = /^[\0-\x7f]*$/;

/** Returns the bytes that the characters represent. */
function decodeLatin1(text: string): string | undefined {
  if (ascii.test(text)) return text;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) return undefined;
    bytes[i] = code;
  }
  return decoder.decode(bytes);
}

const COMMA = 0x2c;
const ZERO = 0x30;
/** Reused for texts of usual length: creating an array costs more than filling it. */
const scratch = new Uint8Array(256);
/** No digit of this number has been read yet. */
const NONE = -1;

/** Parses bytes as comma-separated numbers with white space. One pass: a packet may contain nothing else. */
function decodeNumbers(numbers: string): string | undefined {
  if (numbers.trim() === '') return '';
  const room = (numbers.length >> 1) + 1;
  const bytes = room <= scratch.length ? scratch : new Uint8Array(room);
  let size = 0;
  let value = NONE;
  let isOver = false;
  for (let i = 0; i <= numbers.length; i++) {
    const code = i === numbers.length ? COMMA : numbers.charCodeAt(i);
    const digit = code - ZERO;
    if (code === COMMA) {
      if (value === NONE) return undefined;
      bytes[size++] = value;
      value = NONE;
      isOver = false;
    } else if (digit < 0 || digit > 9) isOver = value !== NONE;
    else {
      if (isOver) return undefined;
      value = value === NONE ? digit : 10 * value + digit;
      if (value > 255) return undefined;
    }
  }
  return decoder.decode(bytes.subarray(0, size));
}

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  d: '\x7f',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  s: ' ',
  t: '\t',
  v: '\v',
};

function unescapeErlang(text: string): string {
  // Fast paths: most texts have no escapes, and some have only escaped quotes.
  if (!text.includes('\\')) return text;
  if (!/\\[^"\\]/.test(text.replaceAll('\\\\', ''))) return text.replaceAll(/\\(["\\])/g, '$1');
  return text.replace(/\\(?:x\{([\da-fA-F]{1,6})\}|([0-7]{1,3})|(.))/gs, (_, hex, octal, letter) => {
    if (letter !== undefined) return escapes[letter] ?? letter;
    const point = hex === undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  });
}
