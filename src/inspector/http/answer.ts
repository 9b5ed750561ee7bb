/** Answers, with the headers that keep what is shown where it belongs. */
import type { ServerResponse } from 'node:http';
import { isPrintable, printableJson } from '../../lib/printable.ts';
import { RequestError } from './api-error.ts';

/** What an endpoint returns besides JSON. */
export class TextAnswer {
  readonly type: string;
  readonly body: string;
  /** A file to save it as. */
  readonly file: string | undefined;

  constructor(type: string, body: string, file?: string) {
    this.type = type;
    this.body = body;
    this.file = file;
  }
}

/** @param ws a URL of the dev broker that the page may connect to. */
export function securityHeaders(ws?: string): Readonly<Record<string, string>> {
  const connect = ws === undefined ? "'self'" : `'self' ${new URL(ws).origin}`;
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src ${connect}`,
      // The icon.
      "img-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

export type Headers = Readonly<Record<string, string | number>>;

export function send(
  response: ServerResponse,
  status: number,
  headers: Headers,
  body: string | Buffer,
  isHead = false,
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(isHead ? undefined : body);
}

/** JSON that no terminal obeys. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return isPrintable(text) ? text : printableJson(text);
}

/** The answer to a request that failed; what it was is in the log only if it is a fault of ours. */
export function asRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  return new RequestError('internal', 'this request failed; the log has the reason');
}
