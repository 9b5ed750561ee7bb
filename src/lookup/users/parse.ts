/** Parses users from text in any supported format. */

import type { UserOptions } from '../../policy/login/user-record.ts';
import {
  collectUsers,
  type UserProblem,
  type UserRecord,
  type UsersResult,
} from '../../policy/login/users.ts';
import { type CsvRow, csvRows } from '../../policy/text/csv.ts';
import { parseExactJson } from '../../policy/text/exact-json.ts';
import { readJson } from './json.ts';
import { type PackedUsers, UserPacker } from './packed/builder.ts';
import { openPackedUsers } from './packed/packed-users.ts';
import { readYaml } from './yaml.ts';

/** `passwd` is `name:hash` per line, as mosquitto_passwd, `htpasswd -B` and `htpasswd -s` write it. */
export type UserFormat = 'yaml' | 'json' | 'jsonl' | 'csv' | 'passwd';

/** Yields the records of a text, and problems in their place. */
export type Records = Iterable<UserRecord | UserProblem>;

/** Packed users, or all problems. */
export type PackedResult =
  | { readonly ok: true; readonly packed: PackedUsers }
  | { readonly ok: false; readonly problems: readonly UserProblem[] };

const readers: Readonly<Record<UserFormat, (text: string) => Records>> = {
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

/** Returns the format by a file's name, or `undefined`. */
export function formatOf(path: string): UserFormat | undefined {
  return extensions[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
}

/** Returns the records of a text in any format. */
export function recordsOf(text: string, format: UserFormat): Records {
  return readers[format](text);
}

/** Parses, checks and packs all users of a text, or returns every problem with its line. */
export function packUsers(text: string, format: UserFormat, options: UserOptions = {}): PackedResult {
  const packer = new UserPacker();
  const problems = collectUsers(recordsOf(text, format), options, packer);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, packed: packer.finish() };
}

/** Like {@link packUsers}, opened for look-ups. */
export function parseUsers(text: string, format: UserFormat, options: UserOptions = {}): UsersResult {
  const result = packUsers(text, format, options);
  return result.ok ? { ok: true, users: openPackedUsers(result.packed) } : result;
}

function* readCsv(text: string): Records {
  let names: readonly string[] | undefined;
  for (const row of csvRows(text)) {
    if ('message' in row) yield row;
    else if (names !== undefined) yield readRow(row, names);
    else {
      names = row.cells.map((cell) => cell.trim());
      if (new Set(names).size < names.length)
        return yield { line: row.line, message: 'a column is named twice' };
    }
  }
  if (names === undefined) yield { line: 1, message: 'expected a header line with the column names' };
}

function readRow({ line, cells }: CsvRow, names: readonly string[]): UserRecord | UserProblem {
  if (cells.length !== names.length)
    return { line, message: `expected ${names.length} cells, found ${cells.length}` };
  return { line, fields: Object.fromEntries(names.map((name, i) => [name, cells[i]])) };
}

function* readJsonLines(text: string): Records {
  for (const { line, content } of linesOf(text)) {
    try {
      yield { line, fields: parseExactJson(content) as unknown };
    } catch {
      // The engine's own message quotes the text.
      yield { line, message: 'not a JSON object' };
    }
  }
}

/** Only Werkzeug's hashes contain colons. */
const HASH = /^(?:[^:]+$|pbkdf2:|scrypt:)/;

function* readPasswd(text: string): Records {
  for (const { line, content } of linesOf(text)) {
    if (content.startsWith('#')) continue;
    // mosquitto: a user name cannot contain a colon; surrounding blanks are stripped from it and from the
    // hash.
    const end = content.indexOf(':');
    const username = content.slice(0, Math.max(0, end)).trim();
    const hash = content.slice(end + 1).trim();
    if (username !== '' && HASH.test(hash)) yield { line, fields: { username, hash } };
    else yield { line, message: 'expected name:hash' };
  }
}

/** Yields the trimmed lines that are not empty. */
function* linesOf(text: string): Iterable<{ readonly line: number; readonly content: string }> {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  for (let line = 1; at < text.length; line++) {
    const end = text.indexOf('\n', at);
    const content = text.slice(at, end === -1 ? text.length : end).trim();
    at = end === -1 ? text.length : end + 1;
    if (content !== '') yield { line, content };
  }
}
