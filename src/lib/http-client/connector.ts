/** Makes connections for undici, and tells whether the connection of an error had been used before. */
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { buildConnector as buildConnectorType } from 'undici';
import { codeOfHttpError, HttpError } from './http-error.ts';
import { buildConnector } from './undici.ts';

/** Authorities, a client certificate and its key in PEM, a server name, the lowest TLS version. */
export type HttpTls = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'minVersion'>;

export interface Connector {
  readonly connect: buildConnectorType.connector;
  /** @param hasBegun whether an answer to the request had begun. */
  readonly toHttpError: (error: Error, hasBegun: boolean) => HttpError;
}

/** In milliseconds, like Node's own agent. */
const KEEP_ALIVE_DELAY = 1000;

export function createConnector(timeout: number, tls: HttpTls | undefined): Connector {
  const errorsOfUsed = new WeakSet<Error>();
  const connect = buildConnector({
    ...tls,
    timeout,
    allowH2: false,
    keepAliveInitialDelay: KEEP_ALIVE_DELAY,
  });
  return {
    connect: (options, callback) =>
      connect(options, (...outcome) => {
        const [error, socket] = outcome;
        if (error === null) watchUse(socket, errorsOfUsed);
        callback(...outcome);
      }),
    toHttpError(error, hasBegun) {
      const code = codeOfHttpError(error);
      const wasEnded = code === 'ECONNRESET' || code === 'EPIPE';
      return new HttpError(code, wasEnded && !hasBegun && errorsOfUsed.has(error));
    },
  };
}

/** undici does not say which connection an error happened on, so each connection records its errors. */
function watchUse(socket: Socket, errorsOfUsed: WeakSet<Error>): void {
  let hasAnswered = false;
  socket.on('readable', () => {
    hasAnswered ||= socket.readableLength > 0;
  });
  socket.on('error', (error) => {
    if (hasAnswered) errorsOfUsed.add(error);
  });
}
