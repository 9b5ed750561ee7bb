/** The fields that the source gives to the log in object literals, found by reading it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/source.ts';

export interface LoggedField {
  readonly file: string;
  readonly name: string;
}

const call = /\blog\.(?:trace|debug|info|warn|error|fatal)\(\s*\{/g;

/** The names in the first argument of each call of the log that is written as an object literal. */
export function findLoggedFields(): LoggedField[] {
  const directory = join(root, 'src');
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const text = readFileSync(join(directory, name), 'utf8');
      return [...text.matchAll(call)].flatMap(({ index, 0: { length } }) =>
        namesOf(literalAt(text, index + length)).map((field) => ({ file: name, name: field })),
      );
    });
}

/** The text between the brace that ends before `start` and the one that closes it. */
function literalAt(text: string, start: number): string {
  let depth = 1;
  let end = start;
  while (depth > 0 && end < text.length) {
    if (text[end] === '{') depth++;
    if (text[end] === '}') depth--;
    end++;
  }
  return text.slice(start, end - 1);
}

/** `code: 'x', sink: this.#sink, times, ...more` -> code, sink, times */
function namesOf(literal: string): string[] {
  const flat = literal.replace(/\([^()]*\)/g, '');
  return flat
    .split(',')
    .map((entry) => /^\s*(\w+)/.exec(entry)?.[1])
    .filter((name) => name !== undefined);
}
