/** Serves HTTP/1.1 on connections that the acceptor hands over. It never listens itself. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface Http1 {
  readonly server: Server;
  /** Number of endless calls. */
  readonly open: number;
  /** Resolves when all running calls are answered; each connection closes after its answer. */
  drain(): Promise<void>;
  destroy(): void;
}

/** Interval of the check for slow requests, in milliseconds. */
const CHECK_INTERVAL = 1_000;

/** @param timeout milliseconds within which a request must arrive. */
export function createHttp1(
  timeout: number,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Http1 {
  let open = 0;
  let isDraining = false;
  let emptied: (() => void) | undefined;
  const limits = { requestTimeout: timeout, headersTimeout: timeout };
  const server = createServer(
    { ...limits, connectionsCheckingInterval: Math.min(CHECK_INTERVAL, timeout) },
    (request, response) => {
      open++;
      if (isDraining) response.shouldKeepAlive = false;
      response.once('close', () => {
        open--;
        if (isDraining) server.closeIdleConnections();
        if (open === 0) emptied?.();
      });
      serve(request, response);
    },
  );
  // Starts Node's check for slow requests.
  server.emit('listening');
  return {
    server,
    get open() {
      return open;
    },
    drain() {
      isDraining = true;
      server.closeIdleConnections();
      if (open === 0) return Promise.resolve();
      return new Promise((resolve) => {
        emptied = resolve;
      });
    },
    destroy() {
      server.close();
      server.closeAllConnections();
    },
  };
}
