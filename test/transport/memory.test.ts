/** The memory that a caller can make the server hold, compared with what the server counts. */
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { inputs } from '../support/inputs.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';
import { DATA, END_HEADERS, grpcBlock, HEADERS, hello, http2Frame } from './fault-support.ts';
import { RawSocket, until } from './raw-client.ts';
import { startTestServer, type TestServer } from './server-support.ts';

const connected = rpcFor('client.connected');
const publish = rpcFor('message.publish');
const UNKNOWN = 0xfe;
const MB = 1_000_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** A stream that announces a megabyte and sends it as the test likes. */
async function openLargeMessage(server: TestServer): Promise<RawSocket> {
  const socket = new RawSocket(server.port);
  await socket.write(
    Buffer.concat([
      hello(),
      http2Frame(HEADERS, END_HEADERS, 1, grpcBlock(connected.path)),
      http2Frame(DATA, 0, 1, Buffer.from([0, 0, 16, 0, 0])),
    ]),
  );
  await until(() => server.listener.load.bytes === 5);
  return socket;
}

/** Writes without running ahead of the server. */
async function write(socket: RawSocket, bytes: Buffer): Promise<void> {
  if (!socket.socket.write(bytes)) await once(socket.socket, 'drain');
}

describe.each([
  ['lean', true],
  ['connect', false],
])('a body over the %s path', (_path, lean) => {
  it('whose bytes each come with 64 KiB of other frames costs no more than its bytes', async () => {
    await using server = await startTestServer({ lean });
    const socket = await openLargeMessage(server);
    // Frames of an unknown type are ignored, but come in the same packet. [RFC 9113, section 5.5]
    const noise = Array.from({ length: 4 }, () => http2Frame(UNKNOWN, 0, 1, Buffer.alloc(15_900)));
    const packet = Buffer.concat([http2Frame(DATA, 0, 1, Buffer.from([7])), ...noise]);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 1_000; i++) await write(socket, packet);
    await until(() => server.listener.load.bytes === 1_005);
    // Held forever, it would be 64 MB.
    await until(() => {
      collect();
      return process.memoryUsage().arrayBuffers - before < 30 * MB;
    });
    socket.destroy();
    await until(() => server.listener.load.bytes === 0 && server.listener.connections.open === 0);
  });

  it('of a hundred thousand pieces is read whole', async () => {
    await using server = await startTestServer({ lean });
    const socket = await openLargeMessage(server);
    const pieces = Buffer.concat(
      Array.from({ length: 1_000 }, () => http2Frame(DATA, 0, 1, Buffer.from([7]))),
    );
    for (let i = 0; i < 100; i++) await write(socket, pieces);
    await until(() => server.listener.load.bytes === 100_005);
    socket.destroy();
    await until(() => server.listener.load.bytes === 0 && server.listener.connections.open === 0);
  });
});

it("A broker's body whose first bytes come with 64 KiB of other frames keeps only its own bytes", async () => {
  await using server = await startTestServer();
  const socket = new RawSocket(server.port);
  await socket.write(hello());
  const noise = Array.from({ length: 4 }, () => http2Frame(UNKNOWN, 0, 1, Buffer.alloc(15_900)));
  const begun = Buffer.from([0, 0, 16, 0, 0]);
  const streams = 90;
  collect();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < streams; i++) {
    const id = 2 * i + 1;
    const head = http2Frame(HEADERS, END_HEADERS, id, grpcBlock(connected.path));
    await write(socket, Buffer.concat([head, http2Frame(DATA, 0, id, begun), ...noise]));
    await until(() => server.listener.load.bytes === begun.length * (i + 1));
  }
  // Held with their packets, they would be 6 MB.
  await until(() => {
    collect();
    if (server.listener.load.bytes < begun.length * streams) throw new Error('bodies were given up');
    return process.memoryUsage().arrayBuffers - before < 2 * MB;
  });
  socket.destroy();
  await until(() => server.listener.load.bytes === 0 && server.listener.connections.open === 0);
});

describe.each([
  ['lean', true],
  ['connect', false],
])('a message over the %s path', (_path, lean) => {
  it('that is within its limit has room, though a connection may hold but a part of what all may', async () => {
    const limits = { messageBytes: 100_000, queuedBytes: 200_000 };
    await using server = await startTestServer({ lean, limits });
    const answer = await server.client().call(publish.path, requestOf(publish, large(90_000)));
    expect(answer.trailers['grpc-status']).toBe('0');
  });
});

function large(bytes: number): object {
  const input = inputs()['message.publish'];
  return { ...input, message: { ...input.message, payload: new Uint8Array(bytes) } };
}
