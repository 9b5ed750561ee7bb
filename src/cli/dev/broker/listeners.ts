/** The ports of the dev broker: MQTT over TCP, and over WebSocket. On this machine only. */
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';

/** Nobody else may reach a broker whose only protection is a policy that is being tried. */
const HOST = '127.0.0.1';

/** EMQX's path; MQTTX and others have it as their default. */
const PATH = '/mqtt';

/** More than any test needs, and fewer than file descriptors. */
const MAX_CONNECTIONS = 10_000;

export type Handle = (stream: Duplex, request?: IncomingMessage) => void;

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws Error that says what to do when the port cannot be had. */
export async function listenTcp(port: number, handle: Handle): Promise<Listener> {
  const server = createTcpServer({ noDelay: true }, (socket) => handle(socket));
  return await listen(server, port, 'mqtt', () => {});
}

/** @param say told of web pages that were refused. @throws Error as {@link listenTcp}. */
export async function listenWebSocket(
  port: number,
  handle: Handle,
  say: (text: string) => void,
  maxPayload: number,
): Promise<Listener> {
  const http = createHttpServer((_request, response) => {
    response
      .writeHead(426, { connection: 'close', upgrade: 'websocket' })
      .end(`MQTT over WebSocket: ${PATH}\n`);
  });
  const sockets = new WebSocketServer({
    server: http,
    path: PATH,
    maxPayload,
    perMessageDeflate: false,
    handleProtocols: (offered) => [...offered].find((name) => name.startsWith('mqtt')) ?? false,
    verifyClient: ({ origin }: { origin?: string }) => {
      const isLocal = isLocalOrigin(origin);
      if (!isLocal) say('A web page was refused: only pages of this machine may connect to the dev broker.');
      return isLocal;
    },
  });
  // It repeats the errors of its server, which `listen` handles.
  sockets.on('error', () => {});
  sockets.on('connection', (socket, request) => handle(createWebSocketStream(socket), request));
  return await listen(http, port, 'ws', () => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  });
}

/** Any web page can open a WebSocket to this machine; programs that are no browser send no origin. */
export function isLocalOrigin(origin: string | undefined): boolean {
  if (origin === undefined || origin === 'file://') return true;
  const host = URL.canParse(origin) ? new URL(origin).hostname : '';
  return ['127.0.0.1', 'localhost', '[::1]'].includes(host);
}

function listen(server: Server, port: number, flag: string, closing: () => void): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.maxConnections = MAX_CONNECTIONS;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explainPort(error, port, flag)));
    server.listen(port, HOST, () => {
      // A connection that cannot be accepted, for want of file descriptors, is not the end of the others.
      server.on('error', () => {});
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            closing();
            server.close(() => closed());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}

/** Says what to do with a flag when its port cannot be had. */
export function explainPort({ code, message }: NodeJS.ErrnoException, port: number, flag: string): Error {
  if (code === 'EADDRINUSE')
    return new Error(
      `port ${port} is taken on ${HOST}: stop what listens there, or choose another with --${flag}`,
    );
  if (code === 'EACCES')
    return new Error(`port ${port} needs privileges: choose one above 1023 with --${flag}`);
  return new Error(message);
}
