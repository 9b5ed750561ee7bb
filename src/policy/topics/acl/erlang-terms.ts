/** Parses a file of Erlang terms, each ended by a full stop. */
import type { AclProblem } from './acl.ts';
import { type Token, tokenize } from './erlang-tokens.ts';

/** A term and its first line. Strings and binaries are both texts. */
export type Term =
  | { readonly kind: 'atom'; readonly text: string; readonly line: number }
  | { readonly kind: 'text'; readonly text: string; readonly line: number }
  | { readonly kind: 'integer'; readonly value: number; readonly line: number }
  | Sequence;

/** A term made of terms. */
export interface Sequence {
  readonly kind: 'tuple' | 'list';
  readonly items: readonly Term[];
  readonly line: number;
}

/** Reports whether the term is this atom. */
export function isAtom(term: Term | undefined, text: string): boolean {
  return term?.kind === 'atom' && term.text === text;
}

/** Returns the elements of a tuple; none for other terms. */
export function membersOf(term: Term | undefined): readonly Term[] {
  return term?.kind === 'tuple' ? term.items : [];
}

/** Formats a term for error texts. */
export function print(term: Term): string {
  if (term.kind === 'text') return `"${term.text}"`;
  if (term.kind === 'atom') return term.text;
  if (term.kind === 'integer') return String(term.value);
  const items = term.items.map(print).join(', ');
  return term.kind === 'tuple' ? `{${items}}` : `[${items}]`;
}

/** Maximum nesting depth. */
const MAX_DEPTH = 50;

/** Parses all terms. After a problem, parsing continues after the next full stop. */
export function parseTerms(text: string): {
  readonly terms: readonly Term[];
  readonly problems: readonly AclProblem[];
} {
  const { tokens, problems } = tokenize(text);
  const terms: Term[] = [];
  const found: AclProblem[] = [...problems];
  const reader = new Reader(tokens);
  while (!reader.isDone()) {
    const read = reader.form();
    if ('message' in read) found.push(read);
    else terms.push(read);
  }
  return { terms, problems: found };
}

/** Thrown to abandon an unreadable term. */
class TermProblem extends Error {}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  isDone(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** A term and its full stop. */
  form(): Term | AclProblem {
    const start = this.#tokens[this.#at]?.line ?? 0;
    try {
      const term = this.#term(0);
      if (this.#next().kind !== 'end')
        throw new TermProblem(`the rule that begins on line ${start} does not end in "."`);
      return term;
    } catch (error) {
      if (!(error instanceof TermProblem)) throw error;
      const line = this.#tokens[this.#at - 1]?.line ?? start;
      this.#skipForm();
      return { line, message: error.message };
    }
  }

  #skipForm(): void {
    // The wrong token may itself be the full stop.
    this.#at--;
    while (!this.isDone()) if (this.#next().kind === 'end') return;
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new TermProblem('the file ends within a rule: is a "." missing?');
    return token;
  }

  #peekIs(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'punctuation' && token.text === text;
  }

  #term(depth: number): Term {
    if (depth > MAX_DEPTH) throw new TermProblem(`terms are nested more than ${MAX_DEPTH} deep`);
    const { kind, text, line } = this.#next();
    if (kind === 'atom') return { kind, text, line };
    if (kind === 'string') return { kind: 'text', text: this.#joined(text), line };
    if (kind === 'integer') return { kind, value: Number(text), line };
    if (kind === 'punctuation' && text === '{')
      return { kind: 'tuple', items: this.#items('}', depth), line };
    if (kind === 'punctuation' && text === '[') return { kind: 'list', items: this.#items(']', depth), line };
    if (kind === 'punctuation' && text === '<<') return this.#binary(line);
    throw new TermProblem(`unexpected "${text}"`);
  }

  /** Erlang concatenates adjacent strings. */
  #joined(first: string): string {
    let text = first;
    for (let next = this.#tokens[this.#at]; next?.kind === 'string'; next = this.#tokens[++this.#at])
      text += next.text;
    return text;
  }

  #items(close: string, depth: number): Term[] {
    const items: Term[] = [];
    if (this.#peekIs(close)) this.#at++;
    else {
      do items.push(this.#term(depth + 1));
      while (this.#separator(close));
    }
    return items;
  }

  /** Returns true after a comma, false after the closing bracket. */
  #separator(close: string): boolean {
    const { kind, text } = this.#next();
    if (kind === 'punctuation' && text === ',') return true;
    if (kind === 'punctuation' && text === close) return false;
    throw new TermProblem(`expected "," or "${close}", found "${text}"`);
  }

  #binary(line: number): Term {
    const { kind, text } = this.#next();
    if (kind !== 'string') throw new TermProblem('write a binary as <<"text">>');
    const joined = this.#joined(text);
    if (this.#peekIs('/utf8')) this.#at++;
    if (this.#next().text !== '>>') throw new TermProblem('write a binary as <<"text">>');
    return { kind: 'text', text: joined, line };
  }
}
