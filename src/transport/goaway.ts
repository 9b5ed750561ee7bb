/**
 * Sends GOAWAY in two steps, as RFC 9113 section 6.8 advises: first one that refuses nothing, and after a round trip
 * the final one. After a single GOAWAY the client would treat the calls that it had already sent as refused, and
 * brokers do not retry them.
 */
import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Length 8, type 7, no flags, stream 0; the highest possible last stream, code NO_ERROR. Node's `session.goaway()`
 * sends the same bytes, but then ignores all new streams.
 */
const NOTICE = Buffer.from('0000080700000000007fffffff00000000', 'hex');

/** Longest wait for the answer to our PING, in milliseconds. */
const ROUND_TRIP = 1_000;

/**
 * Closes a session. With TLS there is one step only, because Node accepts no foreign bytes there.
 *
 * @param socket the socket below the session, which writes whole frames at a time.
 */
export function closeGracefully(session: ServerHttp2Session, socket: Socket): void {
  if (session.closed || session.destroyed) return;
  if (socket instanceof TLSSocket) {
    session.close();
    return;
  }
  socket.write(NOTICE);
  const close = () => {
    clearTimeout(timer);
    if (!session.closed && !session.destroyed) session.close();
  };
  const timer = setTimeout(close, ROUND_TRIP).unref();
  // When this PING is answered, everything that the client sent before it read the notice has arrived.
  if (!session.ping(close)) close();
}
