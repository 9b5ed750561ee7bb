/** Reads the body of a request, within a limit. */
import type { IncomingMessage } from 'node:http';
import { RequestError } from './api-error.ts';

/** Most bytes of a body of JSON. */
export const MAX_BODY = 1024 * 1024;

/** @throws RequestError `too_large`; the caller closes the connection then. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = new RequestError('too_large', `the body is larger than ${limit} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).byteLength;
    if (size > limit) throw tooLarge;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** @throws RequestError when it is not a JSON object. */
export function parseObject(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new RequestError('bad_request', 'the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RequestError('bad_request', 'the body is not a JSON object');
  return value as Record<string, unknown>;
}
