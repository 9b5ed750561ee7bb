/** Requests and responses that are not brokers' calls, independent of the transport. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Stream } from 'node:http2';
import type { StreamRequest } from './stream-request.ts';
import type { StreamResponse } from './stream-response.ts';

export type AnyRequest = IncomingMessage | Http2ServerRequest | StreamRequest;
export type AnyResponse = ServerResponse | Http2ServerResponse | StreamResponse;

/** Calls back when the response has been written, or can no longer be. */
export function onceClosed(response: AnyResponse | ServerHttp2Stream, listener: () => void): void {
  (response as ServerResponse).once('close', listener);
}
