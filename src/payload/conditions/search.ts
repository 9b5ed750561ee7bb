/**
 * Searches one text in another in linear time (Knuth, Morris and Pratt), because a client may choose both. The engine's
 * own search takes time proportional to the product of the lengths for repetitive texts.
 */
import type { Charge } from './meter.ts';

/** Product of the lengths up to which the engine's search is always fast enough. */
const SMALL = 65_536;

/** Finds successive occurrences of a part in a text. Charged once, when created. */
export class Finder {
  readonly #text: string;
  readonly #part: string;
  readonly #borders: Int32Array | undefined;

  constructor(text: string, part: string, charge: Charge) {
    this.#text = text;
    this.#part = part;
    const isSmall = text.length * part.length <= SMALL || part.length < 2;
    charge(isSmall ? (text.length * Math.max(1, part.length)) >>> 5 : (text.length + part.length) >>> 2);
    if (!isSmall && part.length <= text.length) this.#borders = bordersOf(part);
  }

  /** Returns -1 if there is none. */
  next(from: number): number {
    if (this.#part.length > this.#text.length) return -1;
    if (this.#borders === undefined) return this.#text.indexOf(this.#part, from);
    return find(this.#text, this.#part, this.#borders, { from });
  }

  /** Returns the last one that begins at or before the position; -1 if there is none. */
  last(from = this.#text.length): number {
    if (this.#part.length > this.#text.length) return -1;
    if (this.#borders === undefined) return this.#text.lastIndexOf(this.#part, from);
    const within = this.#text.slice(0, from + this.#part.length);
    return find(within, this.#part, this.#borders, { isLast: true });
  }
}

/** For each prefix of the part: the length of its longest proper prefix that is also a suffix. */
function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length);
  for (let i = 1, matched = 0; i < part.length; i++) {
    const code = part.charCodeAt(i);
    while (matched > 0 && part.charCodeAt(matched) !== code) matched = borders[matched - 1] as number;
    if (part.charCodeAt(matched) === code) matched++;
    borders[i] = matched;
  }
  return borders;
}

/** Occurrences may overlap: the search for the last one continues with the partial match. -1 if there is none. */
function find(
  text: string,
  part: string,
  borders: Int32Array,
  { from = 0, isLast = false }: { readonly from?: number; readonly isLast?: boolean },
): number {
  let found = -1;
  for (let i = from, matched = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    while (matched > 0 && (matched === part.length || part.charCodeAt(matched) !== code))
      matched = borders[matched - 1] as number;
    if (part.charCodeAt(matched) === code) matched++;
    if (matched !== part.length) continue;
    found = i - part.length + 1;
    if (!isLast) return found;
  }
  return found;
}
