/** Splits the text of a filter into its terms: `hook:client.authorize -verdict:allow "two words" ms>5`. */

/** One term. */
export interface Term {
  /** In small letters; empty for a word that may be anywhere. */
  readonly key: string;
  readonly operator: ':' | '>' | '<';
  readonly value: string;
  /** Then a comma is a comma. */
  readonly isQuoted: boolean;
  readonly isNegated: boolean;
  /** Where it begins in the text, from 0. */
  readonly at: number;
}

export interface FilterText {
  readonly terms: readonly Term[];
  /** What stands behind `when:`: a condition, up to the end. */
  readonly when?: { readonly source: string; readonly at: number } | undefined;
}

/** A key, an operator, and a value that may be quoted; or a word. Linear: each character is looked at once. */
const term = /\s*(-?)(?:([A-Za-z]{1,12})([:<>]))?("(?:[^"\\]|\\.)*"|\S+)/y;
const condition = /\s*when:\s*/y;

export function readFilterText(text: string): FilterText {
  const terms: Term[] = [];
  for (let at = 0; at < text.length; ) {
    condition.lastIndex = at;
    if (condition.test(text)) {
      const source = text.slice(condition.lastIndex).trim();
      return { terms, when: { source, at: condition.lastIndex } };
    }
    term.lastIndex = at;
    const found = term.exec(text);
    if (found === null) break;
    const [whole, minus, key = '', operator = ':', value = ''] = found;
    const start = at + whole.length - whole.trimStart().length;
    terms.push({
      key: key.toLowerCase(),
      operator: operator as Term['operator'],
      value: unquote(value),
      isQuoted: value.startsWith('"'),
      isNegated: minus === '-',
      at: start,
    });
    at = term.lastIndex;
  }
  return { terms };
}

function unquote(value: string): string {
  if (!value.startsWith('"') || value.length < 2 || !value.endsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(.)/g, '$1');
}
