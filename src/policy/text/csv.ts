/**
 * A strict reader of comma-separated values (RFC 4180). Anything ambiguous is a problem with a line number: a guess in
 * a user file would admit the wrong users.
 *
 * Not csv-parse (7.0.3): it takes the first line end for that of the whole file, so that `a,b\r\n1,2\n3,4` becomes two
 * rows, or, with both line ends given, leaves a bare carriage return in a cell. Its errors quote the cell, which may be
 * a secret, and its line numbers are those on which rows end. It took 5 to 10 times the CPU for each row of a users
 * file, which may have millions.
 */

export interface CsvRow {
  /** First line of the row, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export type CsvResult =
  | { readonly ok: true; readonly rows: readonly CsvRow[] }
  | { readonly ok: false; readonly line: number; readonly message: string };

/** One cell and its separator. Unquoted cells must not contain a quote; quoted cells double it. */
const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|$)/y;

/** Why a text is not a table. */
export interface CsvProblem {
  readonly line: number;
  readonly message: string;
}

/** Reads all rows. Empty lines and a byte order mark are ignored. */
export function parseCsv(text: string): CsvResult {
  const rows: CsvRow[] = [];
  for (const row of csvRows(text)) {
    if ('message' in row) return { ok: false, ...row };
    rows.push(row);
  }
  return { ok: true, rows };
}

/** Like `parseCsv`, one row at a time. A problem ends the sequence. */
export function* csvRows(text: string): Iterable<CsvRow | CsvProblem> {
  let cells: string[] = [];
  let line = 1;
  let rowLine = 1;
  // Another caller may use the expression between two rows.
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    CELL.lastIndex = at;
    const found = CELL.exec(text);
    if (found === null) return yield { line, message: explain(text, at) };
    at = CELL.lastIndex;
    const [all, quoted, bare = '', end] = found;
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    line += countLines(all);
    // A comma at the end of the text starts one more, empty cell.
    if (end === ',' && at < text.length) continue;
    if (end === ',') cells.push('');
    if (!isBlank(cells)) yield { line: rowLine, cells };
    cells = [];
    rowLine = line;
  }
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0] === '';
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** RFC 4180 section 2, rules 5 to 7. */
function explain(text: string, start: number): string {
  if (text[start] !== '"') return 'put a cell that contains a quote or a bare carriage return in quotes';
  return /^"[^"]*(?:""[^"]*)*"/.test(text.slice(start))
    ? 'text after a closing quote: double a quote inside a cell'
    : 'a quoted cell is not closed';
}
