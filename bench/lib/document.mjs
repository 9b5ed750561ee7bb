/** The part of docs/performance.md that a benchmark writes: what stands between its markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build.mjs';

const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';
const PATH = 'docs/performance.md';

/** @throws when there is no place for the figures: better before they are measured than after. */
export function openDocument() {
  const text = read();
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${PATH} needs the lines ${BEGIN} and ${END}, in this order`);
  return {
    /** @param {string} markdown */
    write(markdown) {
      writeFileSync(
        join(ROOT, PATH),
        `${text.slice(0, begin + BEGIN.length)}\n\n${markdown.trim()}\n\n${text.slice(end)}`,
      );
    },
  };
}

function read() {
  try {
    return readFileSync(join(ROOT, PATH), 'utf8');
  } catch {
    throw new Error(`${PATH} is missing: write it, with a line ${BEGIN} and a line ${END}`);
  }
}
