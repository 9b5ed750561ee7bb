/** Turns any topic or id of a client into a legal NATS subject. */

/** Characters that a token may not contain, and `%`. All others, letters of all scripts included, are allowed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a protocol of lines must be kept from.
const illegal = /[\x00-\x20\x7f%*>]/g;

/** Replaces an empty token, which NATS does not allow. Nothing else is encoded as this. */
const EMPTY = '%';

/**
 * Returns a legal subject without wildcards: `/` separates tokens as `.` does; control characters, spaces, `*`, `>` and
 * `%` become `%XX`, an empty token `%`.
 *
 * A leading `$` or `_` is encoded too: subjects such as `$JS.API.STREAM.DELETE.X` and `_INBOX.x` are commands and
 * answers, which a client must not send in our name by choosing a topic.
 */
export function encodeSubject(text: string): string {
  const subject = text.split(/[./]/).map(encodeToken).join('.');
  return /^[$_]/.test(subject) ? `${percent(subject.charAt(0))}${subject.slice(1)}` : subject;
}

function encodeToken(token: string): string {
  return token === '' ? EMPTY : token.toWellFormed().replace(illegal, percent);
}

/** @param character of ASCII. */
function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/**
 * Most bytes of a subject: a server accepts 4 KiB for the first line of a message, and closes the connection otherwise.
 */
export const MAX_SUBJECT = 3000;

/** Whether a subject matches a pattern with `*` and `>`. */
export function matchesSubject(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const tokens = subject.split('.');
  for (const [i, token] of wanted.entries()) {
    if (token === '>') return tokens.length > i;
    if (i >= tokens.length || (token !== '*' && token !== tokens[i])) return false;
  }
  return tokens.length === wanted.length;
}
