/** Reads users from text in any of the forms that people have them in. */
import { parseCsv } from '../../policy/csv.ts';
import type { UserOptions } from '../../policy/user-record.ts';
import {
  indexUsers,
  MAX_PROBLEMS,
  type UserProblem,
  type UserRecord,
  type UsersResult,
} from '../../policy/users.ts';
import { readJson } from './json.ts';
import { readYaml } from './yaml.ts';

/** `passwd` is `name:hash` a line, as mosquitto_passwd and htpasswd write it. */
export type UserFormat = 'yaml' | 'json' | 'jsonl' | 'csv' | 'passwd';

/** The records of a text, or why there are none. */
export type Records =
  | { readonly ok: true; readonly records: readonly UserRecord[] }
  | { readonly ok: false; readonly problems: readonly UserProblem[] };

const readers: Record<UserFormat, (text: string) => Records> = {
  yaml: readYaml,
  json: readJson,
  jsonl: readJsonLines,
  csv: readCsv,
  passwd: readPasswd,
};

const extensions: Readonly<Record<string, UserFormat>> = {
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  csv: 'csv',
  passwd: 'passwd',
  htpasswd: 'passwd',
};

/** The format that a file's name tells, or `undefined`. */
export function formatOf(path: string): UserFormat | undefined {
  return extensions[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
}

/** Reads and checks all users of a text: an index, or every problem with its line. */
export function parseUsers(text: string, format: UserFormat, options: UserOptions = {}): UsersResult {
  const read = readers[format](text);
  return read.ok ? indexUsers(read.records, options) : read;
}

function readCsv(text: string): Records {
  const table = parseCsv(text);
  if (!table.ok) return { ok: false, problems: [table] };
  const [header, ...rows] = table.rows;
  if (header === undefined)
    return { ok: false, problems: [{ line: 1, message: 'expected a line with the names of the columns' }] };
  const names = header.cells.map((cell) => cell.trim());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    return { ok: false, problems: [{ line: header.line, message: 'a column stands there twice' }] };
  const problems = rows
    .filter(({ cells }) => cells.length !== names.length)
    .map(({ line, cells }) => ({ line, message: `expected ${names.length} cells, found ${cells.length}` }));
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) };
  return { ok: true, records: rows.map(({ line, cells }) => ({ line, fields: zip(names, cells) })) };
}

function zip(names: readonly string[], cells: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
}

function readJsonLines(text: string): Records {
  const records: UserRecord[] = [];
  const problems: UserProblem[] = [];
  for (const { line, content } of linesOf(text)) {
    try {
      records.push({ line, fields: JSON.parse(content) as unknown });
    } catch {
      // The engine's own message quotes the text.
      problems.push({ line, message: 'not a JSON object' });
    }
  }
  return problems.length > 0
    ? { ok: false, problems: problems.slice(0, MAX_PROBLEMS) }
    : { ok: true, records };
}

function readPasswd(text: string): Records {
  const records = linesOf(text).filter(({ content }) => !content.startsWith('#'));
  // mosquitto: a user name cannot hold a colon, a hash does not.
  const problems = records
    .filter(({ content }) => !/^[^:]+:[^:]+$/.test(content))
    .map(({ line }) => ({ line, message: 'expected name:hash' }));
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) };
  return { ok: true, records: records.map(({ line, content }) => ({ line, fields: splitPasswd(content) })) };
}

function splitPasswd(content: string): { username: string; hash: string } {
  const at = content.indexOf(':');
  return { username: content.slice(0, at), hash: content.slice(at + 1) };
}

function linesOf(text: string): { line: number; content: string }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((content, i) => ({ line: i + 1, content: content.trim() }))
    .filter(({ content }) => content !== '');
}
