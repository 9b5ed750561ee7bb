/** Formats text for a terminal. */
import { printable } from '../../lib/printable.ts';

/** Returns the first few of a list. */
export function some(texts: readonly string[], most: number): string {
  const shown = texts.slice(0, most).map((text) => (text === '' ? '(none)' : printable(text)));
  return texts.length > most ? `${shown.join(', ')}, ...` : shown.join(', ');
}

/** Aligns columns; the named ones to the right. No trailing spaces. */
export function columns(rows: readonly (readonly string[])[], toTheRight: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows.map((row) =>
    row
      .map((cell, i) =>
        toTheRight.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
