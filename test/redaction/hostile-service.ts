/** A service that answers with everything it was told: nothing of it may get anywhere. */
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface HostileService {
  readonly port: number;
  /** Requests so far. */
  readonly count: number;
}

/** @param answer status and content type of the n-th request. */
export async function startHttpEcho(
  answer: (n: number) => readonly [status: number, type: string],
): Promise<HostileService> {
  let count = 0;
  const listener: RequestListener = async (request, response) => {
    const [status, type] = answer(count++);
    const body = (await buffer(request)).toString();
    const told = JSON.stringify({ result: `no ${body}`, url: request.url, headers: request.headers });
    // A reason phrase takes less than a header does.
    const phrase = body.replace(/[^\w ~+/-]/g, ' ').slice(0, 300) || 'No';
    response
      .writeHead(status, phrase, { 'content-type': type, 'x-told': encodeURIComponent(body) })
      .end(told);
  };
  return await listen(createServer(listener), () => count);
}

/** Echoes its input, whatever the protocol. */
export async function startTcpEcho(): Promise<HostileService> {
  let count = 0;
  const server = createTcpServer((socket) => {
    count++;
    socket.on('error', () => {});
    socket.on('data', (chunk) => void socket.write(chunk));
    // Soon enough for a client that waits for more.
    socket.setTimeout(500, () => socket.destroy());
  });
  return await listen(server, () => count);
}

async function listen(server: Server, count: () => number): Promise<HostileService> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get count() {
      return count();
    },
  };
}
