// Fills the generated parts of pages: between <!-- generated:NAME --> and <!-- /generated:NAME -->.
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * @param {string} path of the page
 * @param {Readonly<Record<string, string>>} texts by part name; each ends with a line break
 * @throws Error for a part that the page does not have.
 */
export function fillRegions(path, texts) {
  const page = Object.entries(texts).reduce(
    (all, [name, text]) => {
      const [begin, end] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`];
      const [from, to] = [all.indexOf(begin), all.indexOf(end)];
      if (from < 0 || to < from)
        throw new Error(`${path}: add the lines ${begin} and ${end} where this part belongs`);
      return `${all.slice(0, from + begin.length)}\n\n${text}\n${all.slice(to)}`;
    },
    readFileSync(path, 'utf8'),
  );
  writeFileSync(path, page);
}
