/** Converts fields to an object, joined as node:http2 does: readers of headers then work with both transports. */
import type { IncomingHttpHeaders } from 'node:http2';
import type { RequestHead } from './request-head.ts';

/** Fields of which only the first counts. */
const single: ReadonlySet<string> = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'range',
  'referer',
  'retry-after',
  'user-agent',
]);

export function toHeaders({ method, scheme, path, authority, fields }: RequestHead): IncomingHttpHeaders {
  // Without a prototype: a field may be named __proto__ or constructor.
  const headers: Record<string, string> = Object.create(null);
  headers[':method'] = method;
  if (scheme !== '') headers[':scheme'] = scheme;
  if (path !== '') headers[':path'] = path;
  if (authority !== undefined) headers[':authority'] = authority;
  for (const [name, value] of fields) {
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (!single.has(name)) headers[name] = `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return headers;
}
