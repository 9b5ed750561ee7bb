/**
 * GOAWAY in two steps, as RFC 9113 section 6.8 advises a server: first one that refuses nothing, and after a round
 * trip the one that ends the connection. Of a single GOAWAY the client learns too late about the calls that it had sent
 * by then, and takes them for refused; brokers do not send them again.
 */
import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Length 8, type 7, no flags, stream 0; the last stream is the last there can be, the code NO_ERROR. Node's
 * `session.goaway()` sends the same bytes, and ignores all new streams from then on.
 */
const NOTICE = Buffer.from('0000080700000000007fffffff00000000', 'hex');

/** The longest wait for an answer to our PING, in milliseconds. */
const ROUND_TRIP = 1_000;

/**
 * With TLS there is one step only: Node takes no bytes but its own there.
 *
 * @param socket the one below the session, which writes whole frames at a time.
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
  // What the client had sent when it read the notice is here when this comes back.
  if (!session.ping(close)) close();
}
