/** Serves HTTP/2 and HTTP/1.1 on one port, told apart by the first bytes of a connection. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { type Spoken, sniff } from './sniff.ts';
import type { TlsSettings } from './tls.ts';

export interface AcceptorOptions {
  readonly tls?: TlsSettings | undefined;
  /** Time for a connection to send its first bytes, in milliseconds. */
  readonly timeout: number;
  readonly accept: (socket: Socket, spoken: 'http2' | 'http1') => void;
  /** Receives the reason why a connection was refused, for the operator's log. */
  readonly refused: (reason: string) => void;
}

/** Milliseconds between probes of a silent peer. EMQX pings every 60 s, so a silent peer is gone. */
const KEEP_ALIVE = 60_000;

const NOTHING = Buffer.alloc(0);

/** Creates the server; the caller starts listening. */
export function createAcceptor(options: AcceptorOptions): Server {
  const sockets = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE };
  if (options.tls === undefined) return createServer(sockets, (socket) => classify(socket, options));
  return createTlsAcceptor(options, options.tls, sockets);
}

function createTlsAcceptor(options: AcceptorOptions, tls: TlsSettings, sockets: object): Server {
  const settings = { ...sockets, ...tls.options, handshakeTimeout: options.timeout };
  const server = createTlsServer(settings, (socket: TLSSocket) => {
    const problem = tls.findPeerProblem(socket);
    if (problem === undefined) return classify(socket, options);
    options.refused(problem);
    socket.destroy();
  });
  tls.follow(server);
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    options.refused(explainTlsError(error, socket));
    // Node does not destroy these connections, not even after a timeout.
    socket.destroy();
  });
  return server;
}

function explainTlsError(
  { code, message }: NodeJS.ErrnoException,
  { authorizationError }: TLSSocket,
): string {
  if (code === 'ERR_SSL_HTTP_REQUEST' || code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return 'a client spoke cleartext to a TLS port: use https:// in the URL of the broker, or remove listen.tls';
  }
  // Node ends the handshake of such a peer with only a reset, and sets a code despite the declared type.
  if (authorizationError) return `client certificate refused: ${authorizationError}`;
  return `TLS handshake failed: ${code ?? message}`;
}

function classify(socket: Socket, options: AcceptorOptions): void {
  const timer = setTimeout(() => socket.destroy(), options.timeout).unref();
  let said: Buffer = NOTHING;
  socket.on('error', ignoreError);
  socket.once('close', () => clearTimeout(timer));
  socket.on('readable', read);

  function read(): void {
    const bytes: Buffer | null = socket.read();
    if (bytes === null) return;
    said = said.length === 0 ? bytes : Buffer.concat([said, bytes]);
    const spoken = isHttp2Agreed(socket) ? 'http2' : sniff(said);
    if (spoken === 'more') return;
    socket.off('readable', read);
    clearTimeout(timer);
    // Put the bytes back only now: they make the socket readable again, at once and repeatedly.
    socket.unshift(said);
    dispatch(socket, spoken, options);
  }
}

/** With ALPN h2, treat everything as HTTP/2; anything else is a protocol error. [RFC 9113, sections 3.2 and 3.4] */
function isHttp2Agreed(socket: Socket): boolean {
  return socket instanceof TLSSocket && socket.alpnProtocol === 'h2';
}

function dispatch(socket: Socket, spoken: Exclude<Spoken, 'more'>, options: AcceptorOptions): void {
  if (spoken !== 'tls') {
    options.accept(socket, spoken);
    return;
  }
  options.refused(
    'a client spoke TLS to a cleartext port: use http:// in the URL of the broker, or set listen.tls',
  );
  socket.destroy();
}

/** Ignores the error of a connection that breaks before it has sent anything. */
function ignoreError(): void {}
