/** Answers of brokers that mosquitto never gives. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makeDelivery, type Sink } from '../../src/sink-contract.ts';
import { Mqtt } from '../../src/sinks/mqtt/declaration.ts';
import { openMqtt } from '../../src/sinks/mqtt/open.ts';
import { worldOf } from './world.ts';

const servers: Server[] = [];
const sinks: Sink[] = [];
afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
  for (const server of servers.splice(0)) server.close();
});

/** CONNACK, PUBACK and DISCONNECT of MQTT 5, sections 3.2, 3.4 and 3.14. */
const connack = Buffer.from([0x20, 3, 0, 0, 0]);
const pubackOf = ({ id }: Published, code: number) => Buffer.from([0x40, 4, id >> 8, id & 0xff, code, 0]);
const disconnectOf = (code: number) => Buffer.from([0xe0, 2, code, 0]);

interface Published {
  readonly topic: string;
  readonly id: number;
}

/** A broker of version 5 that takes every login, and answers each PUBLISH as told. */
async function startBroker(answer: (published: Published) => Buffer): Promise<number> {
  const server = createServer((socket: Socket) => {
    let rest: Buffer = Buffer.alloc(0);
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        rest = Buffer.concat([rest, chunk]);
        for (let packet = readPacket(rest); packet !== undefined; packet = readPacket(rest)) {
          rest = rest.subarray(packet.end);
          if (packet.type === 1) socket.write(connack);
          if (packet.type === 3) socket.write(answer(readPublish(packet.body)));
        }
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

function readPacket(bytes: Buffer) {
  let length = 0;
  let start = 1;
  for (; ; start++) {
    const byte = bytes[start];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) << (7 * (start - 1));
    if (byte < 0x80) break;
  }
  const end = start + 1 + length;
  return bytes.length < end
    ? undefined
    : { type: bytes.readUInt8(0) >> 4, body: bytes.subarray(start + 1, end), end };
}

function readPublish(body: Buffer): Published {
  const end = 2 + body.readUInt16BE(0);
  return { topic: body.subarray(2, end).toString(), id: body.readUInt16BE(end) };
}

async function openAt(port: number, given: object = {}): Promise<Sink> {
  const sink = await openMqtt(Mqtt.parse({ host: '127.0.0.1', port, topic: 'mine', ...given }), worldOf('m'));
  sinks.push(sink);
  return sink;
}

const write = (sink: Sink, ...batch: Parameters<typeof makeDelivery>[0][]) =>
  Promise.resolve(
    sink.write(
      batch.map((wanted) => makeDelivery(wanted)),
      new AbortController().signal,
    ),
  );

describe('a topic that the broker refuses', () => {
  it.each([
    [135, /does not allow this topic/],
    [144, /does not accept such a topic/],
  ])('with reason code %d costs events that have chosen it, and no others', async (code, says) => {
    const port = await startBroker((one) => pubackOf(one, one.topic === 'fine' ? 0 : code));
    const sink = await openAt(port);
    expect(await write(sink, { target: 'theirs' }, { target: 'fine' }, {})).toEqual({
      rejected: [{ index: 0, reason: expect.stringMatching(says) }],
      unconfirmed: [2],
    });
    await expect(write(sink, {})).rejects.toThrow(says);
  });

  it.each([135, 144])('by the end of the connection, with %d, too', async (code) => {
    const port = await startBroker((one) => (one.topic === 'fine' ? pubackOf(one, 0) : disconnectOf(code)));
    const sink = await openAt(port);
    expect(await write(sink, { target: 'fine' }, { target: 'theirs' }, { target: 'fine' })).toEqual({
      rejected: [{ index: 1, reason: expect.stringMatching(/topic/) }],
    });
    await expect(write(sink, {}, {})).rejects.toThrow(/topic: see topic/);
  });
});

it.each([
  [154, /see retain/],
  [155, /see qos/],
])('options that the broker does not support, %d, cost no event', async (code, says) => {
  const port = await startBroker(() => disconnectOf(code));
  const sink = await openAt(port);
  await expect(write(sink, {}, { target: 'theirs' })).rejects.toThrow(says);
});
