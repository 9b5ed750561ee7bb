/** Bytes that no MQTT client sends: the dev broker closes the connection, and goes on. */
import { connect as connectSocket } from 'node:net';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { aDevBroker, type Tried } from '../support/dev-broker.ts';

const connectPacket = (protocolVersion: 4 | 5) =>
  generate({
    cmd: 'connect',
    clientId: 'raw',
    protocolId: 'MQTT',
    protocolVersion,
    clean: true,
    keepalive: 0,
  });

/** Sends, closes its side, and resolves when the connection is closed. */
function send(port: number, ...parts: Uint8Array[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.once('close', () => resolve());
    socket.once('connect', () => {
      for (const part of parts) socket.write(part);
      socket.end();
    });
  });
}

async function isAlive(tried: Tried): Promise<void> {
  const client = await tried.connect({ clientId: 'well' });
  await client.publishAsync('t', 'x', { qos: 1 });
  await client.endAsync();
}

it('Random bytes, alone or behind a CONNECT, end their connection only', async () => {
  const tried = await aDevBroker();
  const bytes = fc.uint8Array({ maxLength: 200 });
  const property = fc.asyncProperty(fc.constantFrom(undefined, 4, 5), bytes, async (version, tail) => {
    await send(tried.port, ...(version === undefined ? [] : [connectPacket(version as 4 | 5)]), tail);
  });
  await fc.assert(property, { numRuns: 100 });
  await isAlive(tried);
});

it('Packets with one byte changed end their connection at most', async () => {
  const tried = await aDevBroker();
  const packets = [
    generate({ cmd: 'publish', topic: 'a/b', payload: 'x', qos: 1, messageId: 1, dup: false, retain: true }),
    generate({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: 'a/+', qos: 1 }] }),
    generate({ cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['a/+'] }),
    generate({ cmd: 'pubrel', messageId: 4 }),
    generate({ cmd: 'puback', messageId: 5 }),
  ];
  const property = fc.asyncProperty(
    fc.constantFrom(...packets),
    fc.nat(),
    fc.nat({ max: 255 }),
    async (packet, place, byte) => {
      const changed = Buffer.from(packet);
      changed[place % changed.length] = byte;
      await send(tried.port, connectPacket(4), changed);
    },
  );
  await fc.assert(property, { numRuns: 100 });
  await isAlive(tried);
});

const topic = (text: string) => {
  const body = Buffer.concat([
    Buffer.from([text.length >> 8, text.length & 255]),
    Buffer.from(text),
    Buffer.from('x'),
  ]);
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([0x30, ...length]), body]);
};

it.each<[string, Uint8Array]>([
  ['a topic of 400 levels', topic('/'.repeat(399))],
  ['a topic with a wildcard', topic('a/#')],
  ['an empty topic', topic('')],
  ['a topic with NUL', topic('a\0b')],
  ['a length of 256 MiB', Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])],
  ['a second CONNECT', connectPacket(4)],
  ['an unknown kind of packet', Buffer.from([0xf0, 0])],
])('After %s the broker answers others', async (_, packet) => {
  const tried = await aDevBroker();
  await send(tried.port, connectPacket(4), packet);
  await isAlive(tried);
  expect(tried.provider.of('message.publish').every(({ request }) => request.message.topic === 't')).toBe(
    true,
  );
});

it('A packet of more than 1 MiB is not read to its end', async () => {
  const tried = await aDevBroker();
  const head = Buffer.from([0x30, 0x80, 0x80, 0x80, 0x01, 0, 1, 0x74]);
  const socket = connectSocket(tried.port, '127.0.0.1')
    .on('error', () => {})
    .resume();
  socket.write(connectPacket(5));
  await tried.called('client.connack');
  socket.write(Buffer.concat([head, Buffer.alloc(200_000)]));
  await tried.called('client.disconnected');
  socket.destroy();
  expect(tried.provider.of('message.publish')).toStrictEqual([]);
});
