/** Converts to Connect's own interface of requests and responses, for each transport. */
import { type ContextValues, createContextValues } from '@connectrpc/connect';
import type { UniversalServerRequest, UniversalServerResponse } from '@connectrpc/connect/protocol';
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node';
import type { AnyRequest, AnyResponse } from './http-message.ts';
import { StreamRequest } from './stream-request.ts';
import { StreamResponse } from './stream-response.ts';

export type Universal = UniversalServerRequest & { readonly contextValues: ContextValues };

/** Undefined if the request contains something that a URL cannot, such as a host with a blank. */
export function toUniversal(
  request: AnyRequest,
  response: AnyResponse,
  contextValues = createContextValues(),
): Universal | undefined {
  try {
    if (request instanceof StreamRequest)
      return fromStream(request, response as StreamResponse, contextValues);
    const node = response as Exclude<AnyResponse, StreamResponse>;
    return { ...universalRequestFromNodeRequest(request, node, undefined, contextValues), contextValues };
  } catch {
    return undefined;
  }
}

/** @throws TypeError if there is no such URL. */
function fromStream(
  request: StreamRequest,
  response: StreamResponse,
  contextValues: ContextValues,
): Universal {
  const { method, url, headers, isEncrypted, httpVersion } = request;
  const authority = headers[':authority'] ?? headers.host;
  if (authority === undefined) throw new TypeError('the request has no authority');
  const end = new AbortController();
  response.once('close', () => end.abort());
  return {
    httpVersion,
    method,
    url: new URL(url, `${isEncrypted ? 'https' : 'http'}://${authority}`).toString(),
    header: toWebHeaders(headers),
    body: request.body(),
    signal: end.signal,
    contextValues,
  };
}

function toWebHeaders(headers: StreamRequest['headers']): Headers {
  const web = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (!name.startsWith(':')) web.append(name, String(value));
  return web;
}

/** Resolves when the response has been written. @throws what its body throws. */
export async function writeUniversal(answer: UniversalServerResponse, response: AnyResponse): Promise<void> {
  if (!(response instanceof StreamResponse)) return await universalResponseToNodeResponse(answer, response);
  const chunks = answer.body?.[Symbol.asyncIterator]();
  try {
    // Send headers with the first chunk: until then they may still change.
    let chunk = await chunks?.next();
    response.writeHead(answer.status, toNodeHeaders(answer.header));
    for (; chunk !== undefined && chunk.done !== true; chunk = await chunks?.next()) {
      if (response.destroyed) return;
      await response.write(chunk.value);
    }
    if (answer.trailer !== undefined) response.addTrailers(toNodeHeaders(answer.trailer));
    response.end();
  } finally {
    // Tell the producer of the body that no more is needed.
    chunks?.return?.().catch(() => {});
  }
}

function toNodeHeaders(headers = new Headers()): Record<string, string> {
  return Object.fromEntries(headers);
}
