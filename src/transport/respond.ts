/** Writes an answer to a stream of node:http2. */
import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import { constants } from 'node:http2';

/** `sendDate: false`: a Date header per call costs more than all of our own work for most calls. */
const WITH_TRAILERS = { waitForTrailers: true, endStream: false, sendDate: false };

/**
 * Sends headers, at most one frame, and trailers; never trailers-only, which gRPC clients of old brokers do not notice.
 * Ends our half of the stream, and the caller's half if it is still open.
 */
export function respond(
  stream: ServerHttp2Stream,
  headers: Record<string, string | number>,
  frame: Buffer | undefined,
  trailers: Record<string, string>,
): void {
  stream.once('wantTrailers', () => sendTrailers(stream, trailers));
  sendHead(stream, headers, frame);
}

/** Sends all but the trailers, which Node requests after the rest has left. */
export function sendHead(
  stream: ServerHttp2Stream,
  headers: Record<string, string | number>,
  frame: Buffer | undefined,
): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  stream.respond(headers, WITH_TRAILERS);
  if (frame === undefined) stream.end();
  else stream.end(frame);
}

export function sendTrailers(stream: ServerHttp2Stream, trailers: Record<string, string>): void {
  if (stream.destroyed) return;
  stream.sendTrailers(trailers);
  if (!stream.readableEnded) dismiss(stream);
}

/** How long a caller may continue a request that is already answered, in milliseconds. */
const GRACE = 1_000;

/**
 * Discards the rest of an answered request. [RFC 9113, section 8.1]
 *
 * RST_STREAM replaces all frames of its stream that wait to be sent, including trailers. It is therefore sent only when
 * nothing waits, and not at all if the request ends in the meantime.
 */
export function dismiss(stream: ServerHttp2Stream): void {
  const { session } = stream;
  if (session === undefined) return;
  const others = dismissed.get(session);
  if (others !== undefined) return void others.push(stream);
  const streams = [stream];
  dismissed.set(session, streams);
  closeWhenSent(session, streams);
}

/** Reset them together: the RST_STREAM of one is among the frames that the next would wait for. */
const dismissed = new WeakMap<Http2Session, ServerHttp2Stream[]>();

function closeWhenSent(session: Http2Session, streams: readonly ServerHttp2Stream[]): void {
  setTimeout(() => {
    if (session.destroyed) return;
    if ((session.state.outboundQueueSize ?? 0) > 0) return closeWhenSent(session, streams);
    dismissed.delete(session);
    for (const stream of streams) {
      if (!stream.closed && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
    }
  }, GRACE).unref();
}
