import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttp1, type Http1 } from '../../src/transport/http1.ts';

interface Running {
  readonly http1: Http1;
  /** The calls that came, for the test to answer. */
  readonly calls: ServerResponse[];
  open(): Promise<Socket>;
}

async function run(timeout = 60_000): Promise<Running> {
  const calls: ServerResponse[] = [];
  const http1 = createHttp1(timeout, (_request, response) => void calls.push(response));
  const server = createServer((socket) => void http1.server.emit('connection', socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    http1.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  return { http1, calls, open };
}

const GET = 'GET / HTTP/1.1\r\nhost: here\r\n\r\n';

/** The output of a connection until it ends. */
async function listenTo(socket: Socket): Promise<string> {
  let said = '';
  for await (const bytes of socket) said += bytes;
  return said;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a drain over HTTP/1.1', () => {
  it('is done at once when nothing runs, and ends idle connections', async () => {
    const { http1, calls, open } = await run();
    const socket = await open();
    socket.write(GET);
    await until(() => calls.length === 1);
    calls[0]?.end('first');
    await until(() => http1.open === 0);
    await http1.drain();
    expect(await listenTo(socket)).toMatch(/first/);
  });

  it('waits for the calls that run, and their connections end after the answer', async () => {
    const { http1, calls, open } = await run();
    const sockets = [await open(), await open()];
    for (const socket of sockets) socket.write(GET);
    await until(() => calls.length === 2);
    let isDrained = false;
    const drained = http1.drain().then(() => {
      isDrained = true;
    });
    calls[0]?.end('one');
    await until(() => http1.open === 1);
    expect(isDrained).toBe(false);
    calls[1]?.end('two');
    await drained;
    const heard = await Promise.all(sockets.map(listenTo));
    expect(heard.map((text) => text.match(/one|two/)?.[0]).sort()).toStrictEqual(['one', 'two']);
  });

  it('answers a late call, and then closes its connection', async () => {
    const { http1, calls, open } = await run();
    const socket = await open();
    await http1.drain();
    socket.write(GET);
    await until(() => calls.length === 1);
    calls[0]?.end('late');
    const heard = await listenTo(socket);
    expect(heard).toMatch(/connection: close/i);
    expect(heard).toMatch(/late/);
  });

  it('does not wait for a call whose caller has gone', async () => {
    const { http1, calls, open } = await run();
    const socket = await open();
    socket.write(GET);
    await until(() => calls.length === 1);
    const drained = http1.drain();
    socket.destroy();
    await drained;
    expect(http1.open).toBe(0);
  });
});

describe('HTTP/1.1', () => {
  it.each(['GET / HTTP/1.1\r\nhost:', 'POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 9\r\n\r\nhalf'])(
    'ends a request that does not come in time: %j',
    async (text) => {
      const { open } = await run(100);
      const socket = await open();
      socket.write(text);
      expect(await listenTo(socket)).toMatch(/^HTTP\/1\.1 408 /);
    },
  );

  it('answers 400 to anything other than HTTP', async () => {
    const { open } = await run();
    const socket = await open();
    socket.write('\x00\x01\x02 what?\r\n\r\n');
    expect(await listenTo(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });
});
