/** One URL without its scheme, as it is shown. */

const HIDDEN = '***';

/** What cannot be in a host: here it ends, or the text before it is none. */
const DELIMITER = /[/?#\s"'<>`\\]/;
/** A host with its port. */
const ADDRESS = /^(?:\[[0-9a-f:.%]+\]|[\p{L}\p{N}._~-]+)(?::\d{0,5})?$/iu;

/** Host, port and names of parameters; `***` where it cannot be told which part is the host. */
export function redactUrl(rest: string): string {
  const head = headOf(rest);
  const at = rest.lastIndexOf('@');
  if (at === -1) return shownFrom(rest, 0, '');
  if (at < head.length) return shownFrom(rest, at + 1, `${HIDDEN}@`);
  // One more "@", or what may be a host in front of it: then either may be the host, and the rest a secret.
  const isPassword = rest.indexOf('@') === at && !areAddresses(head);
  return isPassword ? shownFrom(rest, at + 1, `${HIDDEN}@`) : HIDDEN;
}

function headOf(rest: string): string {
  return rest.split(DELIMITER, 1)[0] ?? '';
}

/** Several hosts, as drivers of databases take them. */
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

/** The number of a database, as Redis has it, is no secret. */
function redactPath(path: string): string {
  return path === '' || /^\/\d{0,4}$/.test(path) ? path : `/${HIDDEN}`;
}

function redactQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.slice(1).split('&').map(redactPair);
  return `?${pairs.join('&')}`;
}

/** What a name of a parameter looks like. */
const NAME = /^[\w.[\]-]{1,64}$/;
/** In front of "=" and nothing: a text in base64 ends in "=", too. */
const SHORT_NAME = /^[A-Za-z_.-]{1,16}$/;

/** References such as `${clientid}` are no secrets. */
function redactPair(pair: string): string {
  if (pair === '') return '';
  const [name = '', value] = pair.split(/=(.*)/s, 2);
  const isEmpty = value === '' || value === '=';
  if (value === undefined || !(isEmpty ? SHORT_NAME : NAME).test(name)) return HIDDEN;
  return `${name}=${isEmpty || /^\$\{\w+\}$/.test(value) ? value : HIDDEN}`;
}
