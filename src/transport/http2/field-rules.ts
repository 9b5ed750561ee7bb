/** Which names and values a field may have. [RFC 9113, section 8.2] */

/**
 * A name as HTTP/2 wants it: a token in small letters. The clause forbids only controls, blanks, capitals, colons and
 * what is no ASCII; the rest of what is no token is refused too [RFC 9110, section 5.6.2], since a gateway may have to
 * write it as HTTP/1.1.
 */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** Without NUL, line breaks, and blanks at its ends. [Section 8.2.1] Other controls: RFC 9110, section 5.5. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const VALUE = /^(?![ \t])[^\0-\x08\x0a-\x1f\x7f]*(?<![ \t])$/;

/** What tells about one connection of HTTP/1.1 has no meaning here. [Section 8.2.2] */
const connectionSpecific: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** What is wrong with a field that is no pseudo-header field, in words without its value; nothing if it may stand. */
export function findFieldProblem(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return 'a field name holds a character that it must not';
  if (!VALUE.test(value)) return 'a field value holds a character that it must not';
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
