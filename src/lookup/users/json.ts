/** Reads users from one JSON array, as EMQX exports and imports its built-in database. */
import { parseExactJson } from '../../policy/text/exact-json.ts';
import type { Records } from './parse.ts';
import { readYaml } from './yaml.ts';

/**
 * JSON.parse reads a hundred thousand users in a moment but reports no lines. A scan that skips strings
 * counts them, only for records that begin an array element.
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

/**
 * JSON is a subset of YAML, and the YAML parser locates syntax errors. YAML-only syntax is still rejected.
 */
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

/** A string, an opening or closing bracket, a comma, or a line end. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[{\]},\n]/g;

/** Returns the line of the first element of the outermost array that is not valid JSON. */
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

/**
 * Yields for each element of the outermost array its first line and the position of the comma or bracket
 * after it.
 */
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

/** Returns the line of each element of the outermost array, separated by commas. */
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
