/** Users in one JSON array, as EMQX exports and imports its built-in database. */
import { parseExactJson } from '../../policy/text/exact-json.ts';
import type { Records } from './parse.ts';
import { readYaml } from './yaml.ts';

/**
 * JSON.parse reads a hundred thousand users in a moment but knows no lines; they are counted only for the
 * records that begin an array element, by a scan that skips strings.
 */
export function* readJson(text: string): Records {
  let parsed: unknown;
  try {
    parsed = parseExactJson(text.replace(/^\uFEFF/, ''));
  } catch {
    return yield* explain(text);
  }
  if (!Array.isArray(parsed)) return yield { line: 1, message: 'expected an array of users' };
  const lines = elementLines(text);
  for (const [i, fields] of parsed.entries()) yield { line: lines[i] ?? 1, fields: fields as unknown };
}

/** The YAML parser takes very much time and memory for longer texts, in characters. */
const LONG = 1024 * 1024;

/** JSON is YAML, and the YAML parser knows where a text goes wrong. What only it accepts is still no JSON. */
function* explain(text: string): Records {
  if (text.length > LONG) return yield { line: firstBadLine(text), message: 'not valid JSON' };
  let isYaml = true;
  for (const record of readYaml(text)) {
    if (!('message' in record)) continue;
    isYaml = false;
    yield { line: record.line, message: 'not valid JSON' };
  }
  if (isYaml) yield { line: 1, message: 'not valid JSON, although it is YAML: rename the file' };
}

/** A string, an opening or closing bracket, a comma, or the end of a line. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[{\]},\n]/g;

/** The line of the first element of the outermost array that is no JSON. */
function firstBadLine(text: string): number {
  let start = text.indexOf('[') + 1;
  for (const { line, end } of elements(text)) {
    if (!isJson(text.slice(start, end))) return line;
    start = end + 1;
  }
  return 1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Where each element of the outermost array is: the line it begins on, and the place of the comma or bracket behind it. */
function* elements(text: string): Iterable<{ readonly line: number; readonly end: number }> {
  let depth = 0;
  let line = 1;
  let first: number | undefined;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '\n') {
      line++;
      continue;
    }
    if (depth === 1 && (token === ',' || token === ']')) {
      yield { line: first ?? line, end: index };
      first = undefined;
    } else if (depth >= 1) first ??= line;
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
  }
}

/** The line of each element of the outermost array. Elements are told apart by the commas between them. */
function elementLines(text: string): number[] {
  const lines: number[] = [];
  let depth = 0;
  let line = 1;
  let isNext = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '\n') {
      line++;
      continue;
    }
    // The first token of an element, or, for a number or a literal, the one that ends it.
    if (isNext) lines.push(line);
    isNext = false;
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth === 1 && (token === ',' || (token === '[' && lines.length === 0))) isNext = true;
  }
  return lines;
}
