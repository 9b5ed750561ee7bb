/** Replaces the part of a page between a benchmark's markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build.mjs';

const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/**
 * @param {string} path from the root of the project
 * @throws if the page has no place for the figures: check this before measuring.
 */
export function openDocument(path) {
  const text = read(path);
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${path} needs the lines ${BEGIN} and ${END}, in this order`);
  return {
    /** @param {string} markdown */
    write(markdown) {
      writeFileSync(
        join(ROOT, path),
        `${text.slice(0, begin + BEGIN.length)}\n\n${markdown.trim()}\n\n${text.slice(end)}`,
      );
    },
  };
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    throw new Error(`${path} is missing: write it, with a line ${BEGIN} and a line ${END}`);
  }
}
