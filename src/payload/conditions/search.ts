/**
 * Search of one text in another, both of which a client may have chosen: in linear time (Knuth, Morris and Pratt). The
 * engine's own search takes time by the product of the lengths for texts that repeat.
 */
import type { Charge } from './meter.ts';

/** Characters times characters up to which the engine's search is faster whatever the texts are. */
const SMALL = 65_536;

/** Finds a part in a text again and again, each time behind the last place. Charged once, when it is made. */
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

  /** -1 when there is none. */
  next(from: number): number {
    if (this.#part.length > this.#text.length) return -1;
    if (this.#borders === undefined) return this.#text.indexOf(this.#part, from);
    return find(this.#text, this.#part, this.#borders, { from });
  }

  /** The last one that begins at the place or before it; -1 when there is none. */
  last(from = this.#text.length): number {
    if (this.#part.length > this.#text.length) return -1;
    if (this.#borders === undefined) return this.#text.lastIndexOf(this.#part, from);
    const within = this.#text.slice(0, from + this.#part.length);
    return find(within, this.#part, this.#borders, { isLast: true });
  }
}

/** Of each beginning of the part: the longest of its own beginnings that it ends with. */
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

/** Places may overlap: the search for the last one goes on with what has matched so far. -1 when there is none. */
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
