/** Checks the header section of a request. [RFC 9113, sections 8.2 and 8.3] */
import type { IncomingHttpHeaders } from 'node:http2';
import { ErrorCode, StreamError } from './error-code.ts';
import { findFieldProblem, isFieldValue, isMethod, isScheme } from './field-rules.ts';
import type { HeaderField } from './hpack/header-field.ts';
import { toHeaders } from './request-headers.ts';

const PSEUDO = [':method', ':scheme', ':authority', ':path'] as const;
type Pseudo = (typeof PSEUDO)[number];

/** A request head. Requests with equal header blocks share one object, so handlers can cache on it. */
export class RequestHead {
  readonly method: string;
  /** Empty for CONNECT only, like `path`. */
  readonly scheme: string;
  readonly path: string;
  /** Host of the request, with port; absent if the client sent none. */
  readonly authority: string | undefined;
  /** Bytes of the body, if announced. */
  readonly contentLength: number | undefined;
  /** Regular fields, in the peer's order. */
  readonly fields: readonly HeaderField[];
  /** Cache for what handlers derive from this head. */
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

  /** In the form of node:http2, with pseudo-header fields. Do not modify. */
  get headers(): IncomingHttpHeaders {
    this.#headers ??= toHeaders(this);
    return this.#headers;
  }
}

/** @throws StreamError PROTOCOL_ERROR if the request is malformed. [Section 8.1.1] */
export function readRequestHead(stream: number, fields: readonly HeaderField[]): RequestHead {
  const pseudo = readPseudo(stream, fields);
  const regular = fields.slice(Object.keys(pseudo).length);
  checkFields(stream, regular);
  checkPseudo(stream, pseudo);
  return new RequestHead(pseudo, regular, readContentLength(stream, regular));
}

/**
 * Reads the trailer section of a request. [Section 8.1]
 *
 * @throws StreamError PROTOCOL_ERROR if it is malformed.
 */
export function checkTrailers(stream: number, fields: readonly HeaderField[]): void {
  checkFields(stream, fields);
}

/** Pseudo-header fields come first, each at most once. [Section 8.3] */
function readPseudo(stream: number, fields: readonly HeaderField[]): Partial<Record<Pseudo, string>> {
  const found: Partial<Record<Pseudo, string>> = {};
  for (const [name, value] of fields) {
    if (!name.startsWith(':')) break;
    if (!isPseudo(name)) malformed(stream, 'an unknown pseudo-header field');
    if (found[name] !== undefined) malformed(stream, 'a duplicate pseudo-header field');
    if (!isFieldValue(value)) malformed(stream, 'a pseudo-header field contains a forbidden character');
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
  if (method === undefined || !isMethod(method)) malformed(stream, ':method is missing or not a token');
  if (method === 'CONNECT') {
    if (authority === undefined || scheme !== undefined || path !== undefined)
      malformed(stream, 'CONNECT has :method and :authority only');
    return;
  }
  if (scheme === undefined || !isScheme(scheme)) malformed(stream, ':scheme is missing or not a scheme');
  const isPath = path?.startsWith('/') || (path === '*' && method === 'OPTIONS');
  // Other schemes have their own rules for paths.
  if (path === undefined || path === '' || (/^https?$/i.test(scheme as string) && !isPath))
    malformed(stream, ':path is missing or not a path');
}

/** Refuses pseudo-header fields after regular ones too: no name may contain a colon. */
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
  if (values.size > 1 || !/^\d{1,15}$/.test(value)) malformed(stream, 'content-length is not a length');
  return Number(value);
}

/** @throws StreamError */
export function malformed(stream: number, message: string): never {
  throw new StreamError(stream, ErrorCode.PROTOCOL_ERROR, message, 'malformed_request');
}
