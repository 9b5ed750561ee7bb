/**
 * Redacts URLs wherever they are shown: in /configz, in the log, in the output of commands.
 *
 * Where a URL ends in a text, and where its user part ends, is not always certain: a password may contain
 * characters that should have been encoded. In doubt, the possible secret is hidden together with the host.
 */
import { redactUrl } from './redact-url.ts';

const HIDDEN = '***';

/** The length is limited: a long text without a scheme takes linear time. */
const start = /\b[a-z][a-z0-9+.-]{0,30}:\/\//gi;
/** The start of the next URL in a text. */
const next = /[\s,;"'`<>()[\]{}|=][a-z][a-z0-9+.-]{0,30}:\/\//gi;

/** What may follow the quote that ends a URL. */
const BEHIND = /^(?:$|[\s,.;:!?)\]}>])/;
const closing: Readonly<Record<string, string>> = { '"': '"', "'": "'", '`': '`', '<': '>' };

/** The path of a module is not a secret, and a stack trace is useless without it. */
const file = /^file:\/\/$/i;

/**
 * Reduces every URL in the text to what tells where it leads: scheme, host and port, and the names of
 * parameters. User, password, path, values and fragment may each be a secret, such as the path of a webhook.
 *
 * A text that begins with a URL is one, blanks included; elsewhere a URL with blanks must be quoted.
 *
 * @example redactUrls('https://user:password@host/services/T0/B0?key=1') // 'https://***@host/***?key=***'
 */
export function redactUrls(text: string): string {
  if (!text.includes('://')) return text;
  let shown = '';
  let at = 0;
  for (start.lastIndex = 0; ; start.lastIndex = at) {
    const found = start.exec(text);
    if (found === null) return shown + text.slice(at);
    const from = found.index + found[0].length;
    const end = endOfPart(text, from, found.index === 0);
    shown += text.slice(at, from);
    const part = text.slice(from, end);
    shown +=
      file.test(found[0]) && isPlainFile(part)
        ? part
        : redactPart(part, quoteAt(text, found.index), found.index === 0);
    at = end;
  }
}

/** Returns the start of the next URL, or the end of the line. */
function endOfPart(text: string, from: number, isWhole: boolean): number {
  next.lastIndex = from;
  const found = next.exec(text);
  const end = found === null ? text.length : found.index + 1;
  const line = isWhole ? -1 : text.indexOf('\n', from);
  return line === -1 ? end : Math.min(line, end);
}

const literal = /"(?:[^"\\]|\\.)*"/gs;

/** Redacts a line of JSON, text by text; it stays valid JSON. */
export function redactUrlsInJson(line: string): string {
  if (!line.includes('://')) return line;
  return line.replace(literal, (quoted) => (quoted.includes('://') ? redactLiteral(quoted) : quoted));
}

function redactLiteral(quoted: string): string {
  try {
    const text = JSON.parse(quoted) as string;
    const shown = redactUrls(text);
    return shown === text ? quoted : JSON.stringify(shown);
  } catch {
    return `"${HIDDEN}"`;
  }
}

function isPlainFile(part: string): boolean {
  const [path = ''] = part.split(/[\s"'<>`]/, 1);
  return path.startsWith('/') && !/[?#]/.test(path);
}

/** Returns the quote before a URL, with its escape: `\"` in a JSON text. */
function quoteAt(text: string, index: number): string | undefined {
  const quote = closing[text.charAt(index - 1)];
  if (quote === undefined) return undefined;
  let from = index - 1;
  while (text.charAt(from - 1) === '\\') from--;
  return text.slice(from, index - 1) + quote;
}

/** Redacts a URL without its scheme, and keeps what follows it. */
function redactPart(part: string, quote: string | undefined, isWhole: boolean): string {
  // A scheme alone, as in advice: "use https:// in the URL".
  if (/^(?:\s|["'`)]|$)/.test(part) && !part.includes('@')) return part;
  const end = endOfUrl(part, quote, isWhole);
  // A later "@" may end a user part whose password has blanks or quotes.
  const at = part.indexOf('@', end) === -1 ? -1 : part.lastIndexOf('@');
  if (at !== -1) return HIDDEN + part.slice(endOfWord(part, at));
  return redactUrl(part.slice(0, end)) + part.slice(end);
}

function endOfWord(part: string, from: number): number {
  const length = part.slice(from).search(/[\s"'<>`]/);
  return length === -1 ? part.length : from + length;
}

function endOfUrl(part: string, quote: string | undefined, isWhole: boolean): number {
  const inQuotes = quote === undefined ? -1 : endOfQuoted(part, quote);
  if (inQuotes !== -1) return inQuotes;
  const blank = part.search(/\s/);
  if (blank === -1) return withoutPunctuation(part, part.length, isWhole);
  // After a path, or before an "@", a blank may belong to the URL.
  const mayHoldBlanks = isWhole && (/[/?#]/.test(part.slice(0, blank)) || part.includes('@'));
  return withoutPunctuation(part, mayHoldBlanks ? part.length : blank, isWhole);
}

function endOfQuoted(part: string, quote: string): number {
  let last = -1;
  for (let at = part.indexOf(quote); at !== -1; at = part.indexOf(quote, at + 1)) {
    last = at;
    const behind = part.charAt(at + quote.length);
    if (BEHIND.test(behind) || (quote.length > 1 && behind === '"')) return at;
  }
  return last;
}

/** Excludes the end of a sentence, and separators of a list. */
function withoutPunctuation(part: string, end: number, isWhole: boolean): number {
  const marks = isWhole ? '.,;:!' : '.,;:!)]\'"`>';
  let length = end;
  while (length > 0 && marks.includes(part.charAt(length - 1))) length--;
  // The bracket of an address such as [::1].
  return part.charAt(length) === ']' && /^\[[^\]]*$/.test(part.slice(0, length)) ? length + 1 : length;
}
