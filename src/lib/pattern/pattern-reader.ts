/** Reads a pattern character by character. */
import { refuse } from './problem.ts';

export class PatternReader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  peek(ahead = 0): string | undefined {
    return this.#characters[this.#at + ahead];
  }

  /** Returns characters ahead, from the offset `from`. */
  ahead(from: number, count: number): string {
    return this.#characters.slice(this.#at + from, this.#at + from + count).join('');
  }

  skip(count: number): void {
    this.#at += count;
  }

  take(wanted: string): boolean {
    const isThere = this.ahead(0, wanted.length) === wanted;
    if (isThere) this.skip(wanted.length);
    return isThere;
  }

  takeWhile(allowed: RegExp, most: number): string {
    let text = '';
    for (
      let next = this.peek();
      text.length < most && next !== undefined && allowed.test(next);
      next = this.peek()
    ) {
      text += next;
      this.skip(1);
    }
    return text;
  }

  next(expected: string): string {
    const character = this.peek();
    if (character === undefined) return refuse(`ends where ${expected} was expected`);
    this.skip(1);
    return character;
  }
}
