/** Tokenizes Erlang term files: the part of the language that `acl.conf` uses. */
import type { AclProblem } from './acl.ts';

export interface Token {
  readonly kind: 'punctuation' | 'atom' | 'string' | 'integer' | 'end';
  /** The text without quotes and with escapes resolved. */
  readonly text: string;
  readonly line: number;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  s: ' ',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
};
const blank = /\s+|%[^\n]*/y;
const punctuation = /<<|>>|[{}[\],]|\/utf8\b/y;
const atom = /[a-z][\w@]*/y;
const integer = /-?\d+/y;
const quoted = /(["'])(?:[^\\]|\\.)*?\1/sy;
/** A full stop ends a form. */
const stop = /\.(?=\s|%|$)/y;

/** Splits a text into tokens. Anything else is a problem and is skipped. */
export function tokenize(text: string): {
  readonly tokens: readonly Token[];
  readonly problems: readonly AclProblem[];
} {
  const tokens: Token[] = [];
  const problems: AclProblem[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const { length, token, problem } = read(text, at, line);
    if (token !== undefined) tokens.push(token);
    if (problem !== undefined) problems.push({ line, message: problem });
    line += countLines(text, at, at + length);
    at += length;
  }
  return { tokens, problems };
}

interface Reading {
  readonly length: number;
  readonly token?: Token;
  readonly problem?: string;
}

function read(text: string, at: number, line: number): Reading {
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const space = take(blank);
  if (space !== undefined) return { length: space.length };
  const kinds = [
    ['end', stop],
    ['punctuation', punctuation],
    ['atom', atom],
    ['integer', integer],
  ] as const;
  for (const [kind, pattern] of kinds) {
    const found = take(pattern);
    if (found !== undefined) return { length: found.length, token: { kind, text: found, line } };
  }
  return readQuoted(text, at, line, take(quoted));
}

function readQuoted(text: string, at: number, line: number, found: string | undefined): Reading {
  const mark = text[at];
  if (found !== undefined) {
    const kind = mark === '"' ? 'string' : 'atom';
    return { length: found.length, token: { kind, text: unquote(found.slice(1, -1)), line } };
  }
  if (mark === '"' || mark === "'") return { length: text.length - at, problem: `${mark} is never closed` };
  return { length: 1, problem: `unexpected "${mark}"` };
}

function unquote(text: string): string {
  return text.replace(/\\(?:x\{([0-9a-f]{1,6})\}|(.))/gis, (_, code: string | undefined, character = '') => {
    if (code === undefined) return escapes[character] ?? character;
    return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
  });
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let i = text.indexOf('\n', from); i !== -1 && i < to; i = text.indexOf('\n', i + 1)) lines++;
  return lines;
}
