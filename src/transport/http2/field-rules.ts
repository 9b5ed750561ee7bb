/** Checks the names and values of fields. [RFC 9113, section 8.2] */

/**
 * A valid name in HTTP/2: a lower-case token. The clause forbids only controls, blanks, capitals, colons and non-ASCII.
 * Everything else that is not a token is refused too [RFC 9110, section 5.6.2], because a gateway may have to forward
 * it as HTTP/1.1.
 */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** No NUL, no line breaks, no blanks at the ends. [Section 8.2.1] Other controls: RFC 9110, section 5.5. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const VALUE = /^(?![ \t])[^\0-\x08\x0a-\x1f\x7f]*(?<![ \t])$/;

/** Fields about one HTTP/1.1 connection are forbidden. [Section 8.2.2] */
const connectionSpecific: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** Returns what is wrong with a regular field, without its value; undefined if it is valid. */
export function findFieldProblem(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return 'a field name contains a forbidden character';
  if (!VALUE.test(value)) return 'a field value contains a forbidden character';
  if (connectionSpecific.has(name)) return 'a connection-specific field';
  // [Section 8.2.2]
  if (name === 'te' && value.toLowerCase() !== 'trailers') return 'the field te is not "trailers"';
  return undefined;
}

export function isFieldValue(value: string): boolean {
  return VALUE.test(value);
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+\-.]*$/;

/** [RFC 9110, section 9.1] */
export function isMethod(value: string): boolean {
  return TOKEN.test(value);
}

/** [RFC 3986, section 3.1] */
export function isScheme(value: string): boolean {
  return SCHEME.test(value);
}
