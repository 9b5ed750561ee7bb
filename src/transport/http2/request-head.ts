/** The header section of a request, checked. [RFC 9113, sections 8.2 and 8.3] */
import type { IncomingHttpHeaders } from 'node:http2';
import { ErrorCode, StreamError } from './error-code.ts';
import { findFieldProblem, isFieldValue, isMethod, isScheme } from './field-rules.ts';
import type { HeaderField } from './hpack/header-field.ts';
import { toHeaders } from './request-headers.ts';

const PSEUDO = [':method', ':scheme', ':authority', ':path'] as const;
type Pseudo = (typeof PSEUDO)[number];

/** The same object for requests whose header blocks are the same: who handles them keeps what it has worked out. */
export class RequestHead {
  readonly method: string;
  /** Empty for CONNECT only, as is `path`. */
  readonly scheme: string;
  readonly path: string;
  /** Of the request, with its port; absent when the client has named none. */
  readonly authority: string | undefined;
  /** Bytes of the body, if the client has said so. */
  readonly contentLength: number | undefined;
  /** Without pseudo-header fields, in the order of the peer. */
  readonly fields: readonly HeaderField[];
  /** What those who handle requests have made of this head, for when it comes again. */
  route: unknown;
  #headers: IncomingHttpHeaders | undefined;

  constructor(
    pseudo: Partial<Record<Pseudo, string>>,
    fields: readonly HeaderField[],
    contentLength?: number,
  ) {
    this.method = pseudo[':method'] ?? '';
    this.scheme = pseudo[':scheme'] ?? '';
    this.path = pseudo[':path'] ?? '';
    this.authority = pseudo[':authority'];
    this.fields = fields;
    this.contentLength = contentLength;
  }

  /** As node:http2 gives them, with pseudo-header fields. Not to be changed. */
  get headers(): IncomingHttpHeaders {
    this.#headers ??= toHeaders(this);
    return this.#headers;
  }
}

/** @throws StreamError PROTOCOL_ERROR when the request is malformed. [Section 8.1.1] */
export function readRequestHead(stream: number, fields: readonly HeaderField[]): RequestHead {
  const pseudo = readPseudo(stream, fields);
  const regular = fields.slice(Object.keys(pseudo).length);
  checkFields(stream, regular);
  checkPseudo(stream, pseudo);
  return new RequestHead(pseudo, regular, readContentLength(stream, regular));
}

/**
 * The trailer section of a request. [Section 8.1]
 *
 * @throws StreamError PROTOCOL_ERROR when it is malformed.
 */
export function checkTrailers(stream: number, fields: readonly HeaderField[]): void {
  checkFields(stream, fields);
}

/** They stand before all others, each at most once. [Section 8.3] */
function readPseudo(stream: number, fields: readonly HeaderField[]): Partial<Record<Pseudo, string>> {
  const found: Partial<Record<Pseudo, string>> = {};
  for (const [name, value] of fields) {
    if (!name.startsWith(':')) break;
    if (!isPseudo(name)) malformed(stream, 'an unknown pseudo-header field');
    if (found[name] !== undefined) malformed(stream, 'a pseudo-header field stands twice');
    if (!isFieldValue(value)) malformed(stream, 'a pseudo-header field holds a character that it must not');
    found[name] = value;
  }
  return found;
}

function isPseudo(name: string): name is Pseudo {
  return (PSEUDO as readonly string[]).includes(name);
}

/** [Section 8.3.1; CONNECT: section 8.5] */
function checkPseudo(stream: number, found: Partial<Record<Pseudo, string>>): void {
  const { ':method': method, ':scheme': scheme, ':path': path, ':authority': authority } = found;
  if (method === undefined || !isMethod(method)) malformed(stream, ':method is missing or no token');
  if (method === 'CONNECT') {
    if (authority === undefined || scheme !== undefined || path !== undefined)
      malformed(stream, 'CONNECT has :method and :authority only');
    return;
  }
  if (scheme === undefined || !isScheme(scheme)) malformed(stream, ':scheme is missing or no scheme');
  const isPath = path?.startsWith('/') || (path === '*' && method === 'OPTIONS');
  // Other schemes have paths of their own.
  if (path === undefined || path === '' || (/^https?$/i.test(scheme as string) && !isPath))
    malformed(stream, ':path is missing or no path');
}

/** A pseudo-header field among or behind the others is refused here, since no name may hold a colon. */
function checkFields(stream: number, fields: readonly HeaderField[]): void {
  for (const [name, value] of fields) {
    const problem = findFieldProblem(name, value);
    if (problem !== undefined) malformed(stream, problem);
  }
}

/** [RFC 9110, section 8.6] */
function readContentLength(stream: number, fields: readonly HeaderField[]): number | undefined {
  const values = new Set(fields.filter(([name]) => name === 'content-length').map(([, value]) => value));
  if (values.size === 0) return undefined;
  const [value = ''] = values;
  if (values.size > 1 || !/^\d{1,15}$/.test(value)) malformed(stream, 'content-length is no length');
  return Number(value);
}

/** @throws StreamError */
export function malformed(stream: number, message: string): never {
  throw new StreamError(stream, ErrorCode.PROTOCOL_ERROR, message, 'malformed_request');
}
