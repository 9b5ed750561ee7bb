/** The names in a PromQL expression. promtool checks whether it is valid PromQL. */

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

export interface Named {
  readonly selectors: readonly Selector[];
  /** Labels of `by`, `on` and the like. */
  readonly labels: readonly string[];
}

const TOKEN =
  /\s+|#[^\n]*|\$\{?\w+\}?|\[[^\]]*\]|\{(?:[^{}"']|"(?:[^"\\]|\\.)*")*\}|"(?:[^"\\]|\\.)*"|\d[\w.]*|[A-Za-z_:][\w:]*|[^\sA-Za-z_]/g;

/** Followed by labels in parentheses. */
const listing = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const words = new Set(['and', 'or', 'unless', 'bool', 'offset', 'atan2', 'inf', 'nan']);

/** @throws Error for a selector that cannot be read. */
export function namesIn(expression: string): Named {
  const tokens = (expression.match(TOKEN) ?? []).filter((token) => !/^(\s|#)/.test(token));
  const selectors: Selector[] = [];
  const labels: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    const next = tokens[at + 1];
    if (!/^[A-Za-z_:]/.test(token) || words.has(token.toLowerCase())) continue;
    if (listing.has(token)) {
      const end = tokens.indexOf(')', at);
      labels.push(...tokens.slice(at + 2, end).filter((label) => label !== ','));
      at = end;
    } else if (next?.startsWith('{')) {
      selectors.push({ metric: token, matchers: readMatchers(next) });
    } else if (next !== '(' && !(next !== undefined && listing.has(next))) {
      selectors.push({ metric: token, matchers: [] });
    }
  }
  return { selectors, labels };
}

const MATCHER = /([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*|$)/y;

function readMatchers(braces: string): Matcher[] {
  const text = braces.slice(1, -1).trim();
  const matchers: Matcher[] = [];
  MATCHER.lastIndex = 0;
  while (MATCHER.lastIndex < text.length) {
    const [, label = '', operator, value = ''] = MATCHER.exec(text) ?? [];
    if (operator === undefined) throw new Error(`cannot read the matchers ${braces}`);
    matchers.push({ label, operator: operator as Matcher['operator'], value });
  }
  return matchers;
}
