/** Redacts one URL without its scheme. */

const HIDDEN = '***';

/** Characters that end a host, or that it cannot contain. */
const DELIMITER = /[/?#\s"'<>`\\]/;
/** A host with optional port. */
const ADDRESS = /^(?:\[[0-9a-f:.%]+\]|[\p{L}\p{N}._~-]+)(?::\d{0,5})?$/iu;

/** Returns host, port and parameter names; `***` where the host cannot be identified. */
export function redactUrl(rest: string): string {
  const head = headOf(rest);
  const at = rest.lastIndexOf('@');
  if (at === -1) return shownFrom(rest, 0, '');
  if (at < head.length) return shownFrom(rest, at + 1, `${HIDDEN}@`);
  // A second "@", or a possible host before the "@": either part may be the host, and the other a secret.
  const isPassword = rest.indexOf('@') === at && !areAddresses(head);
  return isPassword ? shownFrom(rest, at + 1, `${HIDDEN}@`) : HIDDEN;
}

function headOf(rest: string): string {
  return rest.split(DELIMITER, 1)[0] ?? '';
}

/** Several hosts, as database drivers accept them. */
function areAddresses(head: string): boolean {
  return head.split(',').every((address) => ADDRESS.test(address));
}

function shownFrom(rest: string, from: number, user: string): string {
  const head = headOf(rest.slice(from));
  const tail = rest.slice(from + head.length);
  const isLocal = head === '' && tail.startsWith('/');
  if (!isLocal && !areAddresses(head)) return HIDDEN;
  if (tail !== '' && !/^[/?#]/.test(tail)) return HIDDEN;
  const [, path = '', query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(tail) ?? [];
  return `${user}${head}${redactPath(path)}${redactQuery(query)}${fragment === '' ? '' : `#${HIDDEN}`}`;
}

/** A database number, as in Redis URLs, is not a secret. */
function redactPath(path: string): string {
  return path === '' || /^\/\d{0,4}$/.test(path) ? path : `/${HIDDEN}`;
}

function redactQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.slice(1).split('&').map(redactPair);
  return `?${pairs.join('&')}`;
}

/** The form of a parameter name. */
const NAME = /^[\w.[\]-]{1,64}$/;
/** The form of a name before an empty value: base64 text ends in "=", too. */
const SHORT_NAME = /^[A-Za-z_.-]{1,16}$/;

/** References such as `${clientid}` are not secrets. */
function redactPair(pair: string): string {
  if (pair === '') return '';
  const [name = '', value] = pair.split(/=(.*)/s, 2);
  const isEmpty = value === '' || value === '=';
  if (value === undefined || !(isEmpty ? SHORT_NAME : NAME).test(name)) return HIDDEN;
  return `${name}=${isEmpty || /^\$\{\w+\}$/.test(value) ? value : HIDDEN}`;
}
