/**
 * Generates the parts of docs/policies.md that come from the declarations of the login methods, for `npm run
 * generate`.
 */
import { code, fillInOptions, lines, tableRow } from '../../lib/schema/describe.ts';
import type { LoginMethod } from './kind.ts';
import { loginMethods } from './kinds.ts';

/**
 * Returns the parts, by their name in the page.
 *
 * @param proseOf returns the text about a method: `src/lookup/METHOD/docs.md`. The line `<!-- options -->`
 * stands for its options.
 */
export function loginParts(proseOf: (method: string) => string): Readonly<Record<string, string>> {
  return {
    'login-list': lines(loginMethods.map(({ name, summary }) => `- [${name}](#${name}): ${summary}`)),
    'login-methods': loginMethods.map((method) => describeMethod(method, proseOf(method.name))).join('\n'),
    vouching: describeVouching(),
  };
}

function describeMethod({ name, options }: LoginMethod, prose: string): string {
  return `### ${name}\n\n${fillInOptions(prose, options, `src/lookup/${name}/docs.md`)}`;
}

function describeVouching(): string {
  return lines([
    tableRow(['method', 'vouches for the user name', 'vouches for the client id']),
    '|---|---|---|',
    ...loginMethods.map(({ name, vouches }) => tableRow([code(name), vouches.username, vouches.clientid])),
  ]);
}
