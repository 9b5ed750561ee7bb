/** The one way in which URLs are shown: in /configz, in the log, in what commands print. */

const HIDDEN = '***';

/**
 * A URL in any text, up to what cannot belong to it, or to the next one of a list. The length of a scheme is limited,
 * so that a long text without one takes no more than its own length.
 */
const url = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)((?:(?!,[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s"'<>\\`])*)/gi;

/**
 * The text with every URL in it reduced to what tells where it leads: scheme, host and port, and the names of
 * parameters. User, password, path, values and fragment may each be a secret, such as the path of a webhook.
 *
 * @example redactUrls('https://user:password@host/services/T0/B0?key=1') // 'https://***@host/***?key=***'
 */
export function redactUrls(text: string): string {
  return text.includes('://') ? text.replace(url, redactOne) : text;
}

/** Where a module lies is no secret, and a stack without it says nothing. */
const file = /^file:\/\/\/[^?#]*$/i;

function redactOne(whole: string, scheme: string, rest: string): string {
  return file.test(whole) ? whole : `${scheme}${redactRest(rest)}`;
}

function redactRest(text: string): string {
  let length = text.length;
  // The end of a sentence is none of the URL.
  while (length > 0 && '.,;:!)]'.includes(text.charAt(length - 1))) length--;
  const [rest, end] = [text.slice(0, length), text.slice(length)];
  const [, address = '', path = '', query = '', fragment = ''] =
    /^([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/.exec(withoutUser(rest)) ?? [];
  return `${address}${redactPath(path)}${redactQuery(query)}${fragment === '' ? '' : `#${HIDDEN}`}${end}`;
}

/** A password may hold what should have been encoded: then what looks like the host is none. */
function withoutUser(rest: string): string {
  const [address = ''] = rest.split(/[/?#]/, 1);
  const isAddress = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.test(address);
  const at = isAddress ? -1 : rest.lastIndexOf('@');
  const end = address.includes('@') ? Math.max(at, address.lastIndexOf('@')) : at;
  return end === -1 ? rest : `${HIDDEN}${rest.slice(end)}`;
}

/** The number of a database, as Redis has it, is no secret. */
function redactPath(path: string): string {
  return path === '' || /^\/\d{0,4}$/.test(path) ? path : `/${HIDDEN}`;
}

/** References such as `${clientid}` are no secrets. */
function redactQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.slice(1).split('&').map(redactPair);
  return `?${pairs.join('&')}`;
}

function redactPair(pair: string): string {
  const [name = '', value] = pair.split(/=(.*)/s, 2);
  if (value === undefined) return pair === '' ? '' : HIDDEN;
  return `${name}=${value === '' || /^\$\{[^}]*\}$/.test(value) ? value : HIDDEN}`;
}
