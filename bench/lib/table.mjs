/** Formats Markdown tables and numbers. */

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows the first column is text, the others are numbers
 */
export function formatTable(head, rows) {
  const widths = head.map((title, i) =>
    Math.max(3, title.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells) => `| ${cells.map((cell, i) => pad(cell, widths[i], i)).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function pad(cell, width, column) {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/**
 * Formats median and range: `31.2 (30.8-33.0)`.
 *
 * @param {import('./stats.mjs').Spread | undefined} spread
 * @param {number} digits
 */
export function formatSpread(spread, digits) {
  if (spread === undefined) return '';
  const [middle, min, max] = [spread.median, spread.min, spread.max].map((value) =>
    formatNumber(value, digits),
  );
  return spread.min === spread.max ? `${middle}` : `${middle} (${min}-${max})`;
}

/** @param {number} value @param {number} digits after the point */
export function formatNumber(value, digits) {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`);
}
