/** A TCP proxy between a sink and its server, to cut connections at a chosen moment. */
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../../../scripts/free-port.mjs';

export interface TcpProxy {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Ends the open connections and refuses new ones, as a server does that was killed. */
  cut(): Promise<void>;
  /** Listens again on the same port. */
  mend(): Promise<void>;
  /** Lets the next bytes towards the server through, and ends the connection before an answer comes back. */
  cutNextAnswer(): void;
  /** Takes connections and bytes, and passes nothing on until `thaw`: a network that loses packets. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** @param target the port of the server on the loopback interface; asked at each connection. */
export async function startProxy(target: () => number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isFrozen = false;
  let isAnswerCut = false;

  const server = createServer((client) => {
    const upstream = connect(target(), '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', end).on('close', end);
      if (isFrozen) socket.pause();
    }
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk) => {
      if (!isAnswerCut) return void client.write(chunk);
      isAnswerCut = false;
      end();
    });
    if (isFrozen) for (const socket of pair) socket.pause();
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const port = await freePort();
  await listen(port);

  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const [client, upstream] of [...pairs]) {
      client.resetAndDestroy();
      upstream.destroy();
    }
    await closed;
  };
  return {
    port,
    get connections() {
      return pairs.size;
    },
    cut,
    mend: () => listen(port),
    cutNextAnswer() {
      isAnswerCut = true;
    },
    freeze() {
      isFrozen = true;
      for (const socket of [...pairs].flat()) socket.pause();
    },
    thaw() {
      isFrozen = false;
      for (const socket of [...pairs].flat()) socket.resume();
    },
    async close() {
      if (server.listening) await cut();
    },
  };
}
