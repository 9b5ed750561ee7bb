/** HTTP/1.1, for connections that the acceptor has told apart: it never listens itself. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface Http1 {
  readonly server: Server;
  /** Calls without an end. */
  readonly open: number;
  /** Resolves when what runs is answered; connections end with their answer. */
  drain(): Promise<void>;
  destroy(): void;
}

/** How often slow requests are looked for, in milliseconds. */
const CHECK_INTERVAL = 1_000;

/** @param timeout milliseconds in which a request must have come. */
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
  // This starts its checks of slow requests.
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
