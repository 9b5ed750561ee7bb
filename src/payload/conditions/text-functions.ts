/**
 * The strings extension of CEL. Some of the library's functions take quadratic time and count UTF-16 units instead of
 * characters. These charge for their results before creating them.
 */
import { type CelFunc, type CelList, CelScalar, celFunc, celList, celMethod, listType } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { measure } from './measure.ts';
import type { Charge } from './meter.ts';
import { Finder } from './search.ts';

const { BOOL, DYN, INT, STRING } = CelScalar;
const LIST = listType(DYN);

/** Functions of the library that are linear and create no text. */
const kept = ['trim'];

/** Cost of a list item, which takes memory. */
const PIECE = 10;
/** Cost of a format clause, which may need a formatter, such as "%.3f". */
const CLAUSE = 4000;
const MAX_PRECISION = 100;

export function textFunctions(charge: Charge): CelFunc[] {
  const libraryFormat = strings.find(({ name }) => name === 'format') as CelFunc;

  function replace(text: string, old: string, by: string, limit: number): string {
    const count = countOf(text, old, limit, charge);
    charge((text.length + count * Math.max(0, by.length - old.length)) >>> 1);
    if (count === 0) return text;
    if (old === '') return interleave(text, by, count);
    const pieces = splitFirst(text, old, count + 1, charge);
    return pieces.join(by);
  }

  function split(text: string, separator: string, limit: number): CelList {
    if (limit === 0) return celList([]);
    const most = limit < 0 ? Number.POSITIVE_INFINITY : limit;
    charge(PIECE * Math.min(most, 1 + countOf(text, separator, most - 1, charge)));
    return celList(separator === '' ? characters(text, most) : splitFirst(text, separator, most, charge));
  }

  function join(list: CelList, separator: string): string {
    charge(list.size);
    const texts: string[] = [];
    let length = 0;
    for (const item of list) {
      if (typeof item !== 'string') throw new Error('invalid argument to function join: an item is not text');
      texts.push(item);
      length += item.length + separator.length;
    }
    charge(length >>> 1);
    return texts.join(separator);
  }

  function format(text: string, list: CelList): unknown {
    charge(2 * text.length);
    for (const item of list) charge(CLAUSE + measure(item, charge));
    for (const [, precision] of text.matchAll(/%\.(\d+)/g))
      if (Number(precision) > MAX_PRECISION)
        throw new Error('invalid argument to function format: precision');
    return libraryFormat.call(0, text, [list]);
  }

  function cased(text: string, first: number, shift: number): string {
    charge(text.length >>> 1);
    return shiftUnits(text, first, shift);
  }

  function sizeOf(text: string): number {
    charge(text.length >>> 3);
    return lengthOf(text);
  }

  return [
    ...strings.filter(({ name }) => kept.includes(name)),
    celFunc('size', [STRING], INT, (text) => BigInt(sizeOf(text))),
    celMethod('size', STRING, [], INT, function () {
      return BigInt(sizeOf(this));
    }),
    celMethod('contains', STRING, [STRING], BOOL, function (part) {
      return new Finder(this, part, charge).next(0) !== -1;
    }),
    celMethod('replace', STRING, [STRING, STRING], STRING, function (old, by) {
      return replace(this, old, by, -1);
    }),
    celMethod('replace', STRING, [STRING, STRING, INT], STRING, function (old, by, limit) {
      return replace(this, old, by, Number(limit));
    }),
    celMethod('split', STRING, [STRING], LIST, function (separator) {
      return split(this, separator, -1);
    }),
    celMethod('split', STRING, [STRING, INT], LIST, function (separator, limit) {
      return split(this, separator, Number(limit));
    }),
    celMethod('join', LIST, [], STRING, function () {
      return join(this as CelList, '');
    }),
    celMethod('join', LIST, [STRING], STRING, function (separator) {
      return join(this as CelList, separator);
    }),
    celMethod('format', STRING, [LIST], STRING, function (list) {
      return format(this, list as CelList) as string;
    }),
    celMethod('lowerAscii', STRING, [], STRING, function () {
      return cased(this, UPPER_A, 32);
    }),
    celMethod('upperAscii', STRING, [], STRING, function () {
      return cased(this, LOWER_A, -32);
    }),
    celMethod('reverse', STRING, [], STRING, function () {
      charge(PIECE * this.length);
      return [...this].reverse().join('');
    }),
    celMethod('charAt', STRING, [INT], STRING, function (index) {
      const text = countable(this, charge);
      const at = within(Number(index), text.length);
      return text[at] ?? '';
    }),
    celMethod('substring', STRING, [INT], STRING, function (start) {
      const text = countable(this, charge);
      return textOf(text.slice(within(Number(start), text.length)));
    }),
    celMethod('substring', STRING, [INT, INT], STRING, function (start, end) {
      const text = countable(this, charge);
      const [from, to] = [within(Number(start), text.length), within(Number(end), text.length)];
      if (from > to) throw new Error('invalid argument to function substring: start > end');
      return textOf(text.slice(from, to));
    }),
    ...(['indexOf', 'lastIndexOf'] as const).flatMap((name) => [
      celMethod(name, STRING, [STRING], INT, function (part) {
        return find(name, this, part, undefined, charge);
      }),
      celMethod(name, STRING, [STRING, INT], INT, function (part, start) {
        return find(name, this, part, Number(start), charge);
      }),
    ]),
  ];
}

const UPPER_A = 0x41;
const LOWER_A = 0x61;
/** Number of code units converted at once: each is an argument. */
const CHUNK = 8192;

/** Shifts each of 26 letters, starting with the first, by so many code units. */
function shiftUnits(text: string, first: number, shift: number): string {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    units[i] = unit >= first && unit < first + 26 ? unit + shift : unit;
  }
  let shifted = '';
  for (let from = 0; from < units.length; from += CHUNK)
    shifted += String.fromCharCode(...units.subarray(from, from + CHUNK));
  return shifted;
}

/** Counts occurrences up to a limit; a negative limit means no limit. */
function countOf(text: string, part: string, limit: number, charge: Charge): number {
  const most = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  if (part === '') {
    charge(text.length >>> 2);
    return Math.min(most, lengthOf(text) + 1);
  }
  const finder = new Finder(text, part, charge);
  let count = 0;
  for (let at = finder.next(0); at !== -1 && count < most; at = finder.next(at + part.length)) {
    count++;
    charge(1);
  }
  return count;
}

/** Returns at most so many pieces; the last contains the rest. */
function splitFirst(text: string, separator: string, most: number, charge: Charge): string[] {
  const finder = new Finder(text, separator, charge);
  const pieces: string[] = [];
  let from = 0;
  while (pieces.length < most - 1) {
    const at = finder.next(from);
    if (at === -1) break;
    pieces.push(text.slice(from, at));
    from = at + separator.length;
  }
  return [...pieces, text.slice(from)];
}

function characters(text: string, most: number): string[] {
  const all = [...text];
  return all.length <= most ? all : [...all.slice(0, most - 1), all.slice(most - 1).join('')];
}

/** Inserts before each of the first characters, and after the last. */
function interleave(text: string, by: string, count: number): string {
  const all = [...text];
  const head = all.slice(0, count).map((character) => by + character);
  return head.join('') + (count > all.length ? by : '') + all.slice(count).join('');
}

const SURROGATE = /[\ud800-\udfff]/;

/** Length in characters. Does not build a list: the text may be long. */
function lengthOf(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let length = 0;
  for (let at = 0; at < text.length; at += (text.codePointAt(at) as number) > 0xffff ? 2 : 1) length++;
  return length;
}

/** A text, or its characters if some take two UTF-16 units: `length` and indices are those of CEL. */
function countable(text: string, charge: Charge): string | readonly string[] {
  if (!SURROGATE.test(text)) return text;
  charge(PIECE * text.length);
  return [...text];
}

function textOf(text: string | readonly string[]): string {
  return typeof text === 'string' ? text : text.join('');
}

function within(index: number, length: number): number {
  if (index < 0 || index > length) throw new Error(`index ${index} out of bounds [0, ${length}]`);
  return index;
}

function find(
  name: 'indexOf' | 'lastIndexOf',
  text: string,
  part: string,
  start: number | undefined,
  charge: Charge,
): bigint {
  const finder = new Finder(text, part, charge);
  const all = countable(text, charge);
  if (start !== undefined) within(start, all.length);
  const from = start === undefined || typeof all === 'string' ? start : textOf(all.slice(0, start)).length;
  const at = name === 'indexOf' ? finder.next(from ?? 0) : finder.last(from);
  return BigInt(at === -1 || typeof all === 'string' ? at : lengthOf(text.slice(0, at)));
}
