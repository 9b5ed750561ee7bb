/** Terms of a filter: chips and "follow" put them in and take them out. The server reads filters. */

interface Parts {
  /** As they are written; quoted ones whole. */
  readonly terms: readonly string[];
  /** From `when:` to the end: a condition. */
  readonly condition: string;
}

const term = /-?(?:[A-Za-z]{1,12}[:<>])?(?:"(?:[^"\\]|\\.)*"|\S+)/y;

function readParts(filter: string): Parts {
  const terms: string[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(filter[at] ?? '')) at++;
    if (filter.startsWith('when:', at)) return { terms, condition: filter.slice(at).trim() };
    term.lastIndex = at;
    const [text] = term.exec(filter) ?? [];
    if (text === undefined) return { terms, condition: '' };
    terms.push(text);
    at += text.length;
  }
}

export const hasTerm = (filter: string, text: string): boolean => readParts(filter).terms.includes(text);

/** The filter with the term, or without it when it was there. */
export function toggleTerm(filter: string, text: string): string {
  const { terms, condition } = readParts(filter);
  const others = terms.filter((one) => one !== text);
  const next = others.length < terms.length ? others : [...terms, text];
  return [...next, condition].filter((part) => part !== '').join(' ');
}

/** A term with a value that a client chose: quoted where it would read as something else. */
export function termOf(key: string, value: string): string {
  const isPlain = /^[\w./@+#-]+$/.test(value);
  return `${key}:${isPlain ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`}`;
}
