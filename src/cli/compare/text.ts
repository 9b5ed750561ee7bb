/** Texts for a terminal. */
import { printable } from '../../lib/printable.ts';

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The first few of a list. */
export function some(texts: readonly string[], most: number): string {
  const shown = texts.slice(0, most).map((text) => (text === '' ? '(none)' : printable(text)));
  return texts.length > most ? `${shown.join(', ')}, ...` : shown.join(', ');
}

/** Columns below each other; those named are to the right. No spaces at the end of a line. */
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
