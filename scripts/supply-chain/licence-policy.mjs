/** Licences of code that may be shipped with ours, which is Apache-2.0: permissive ones. */

/** SPDX identifiers. A new one is a decision: read its text, then add a line here. */
export const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
];

/**
 * @param {string} expression SPDX: names, AND, OR, parentheses. With AND all must be allowed, with OR one.
 * @returns {boolean} false also for an invalid expression
 */
export function isAllowed(expression) {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  const { value, rest } = readEither(tokens);
  return value && rest.length === 0;
}

function readEither(tokens) {
  let { value, rest } = readBoth(tokens);
  while (rest[0] === 'OR') {
    const next = readBoth(rest.slice(1));
    value = value || next.value;
    rest = next.rest;
  }
  return { value, rest };
}

function readBoth(tokens) {
  let { value, rest } = readOne(tokens);
  while (rest[0] === 'AND') {
    const next = readOne(rest.slice(1));
    value = value && next.value;
    rest = next.rest;
  }
  return { value, rest };
}

function readOne([first, ...rest]) {
  if (first !== '(') return { value: ALLOWED.includes(first), rest };
  const inner = readEither(rest);
  const isClosed = inner.rest[0] === ')';
  return { value: inner.value && isClosed, rest: inner.rest.slice(1) };
}
