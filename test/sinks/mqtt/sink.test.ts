import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDelivery, type Received, type Sink } from '../../../src/sink-contract.ts';
import { Mqtt } from '../../../src/sinks/mqtt/declaration.ts';
import { openMqtt } from '../../../src/sinks/mqtt/open.ts';
import {
  isMosquittoMissing,
  type MosquittoServer,
  password,
  startMosquitto,
  user,
} from '../../support/servers/mosquitto.ts';
import { until } from '../../support/servers/process.ts';
import { startProxy, type TcpProxy } from '../../support/servers/proxy.ts';
import { itKeepsTheContract, ours } from '../contract.ts';
import { lazily, worldOf, write } from '../world.ts';

type Given = Partial<Parameters<typeof Mqtt.parse>[0] & object>;

/** Everything may be read; nothing may be written below refused/. */
const ACL = `user ${user}\ntopic readwrite #\ntopic deny refused/#\n`;

describe.skipIf(isMosquittoMissing)('the sink mqtt', () => {
  let server: MosquittoServer;
  let proxy: TcpProxy;
  let reader: Reader;
  const open = (given: Given = {}, world = worldOf('bridge', { PASSWORD: password })): Promise<Sink> =>
    openMqtt(
      Mqtt.parse({
        host: '127.0.0.1',
        port: server.port,
        user,
        password: { env: 'PASSWORD' },
        topic: 'events',
        ...given,
      }),
      world,
    );

  beforeAll(async () => {
    server = await startMosquitto({ acl: ACL, lines: ['message_size_limit 1000000'] });
    proxy = await startProxy(() => server.port);
    reader = await startReader(() => server.port);
  });
  afterAll(async () => {
    await reader?.close();
    await proxy?.close();
    await server?.close();
  });

  itKeepsTheContract(
    ours({
      open,
      read: () => reader.read(),
      server: lazily(() => server),
      ordering: 'per-key',
      duplicates: 'possible',
      hasTargets: true,
      refuse: (delivery) => ({ ...delivery, target: 'refused/one' }),
      broken: [
        {
          title: 'the password is wrong',
          open: () => open({}, worldOf('bridge', { PASSWORD: 'wr0ng-one' })),
          says: /login was refused: see user and password/,
          secrets: ['wr0ng-one'],
        },
        { title: 'nothing listens', open: () => open({ port: 1 }), says: /ECONNREFUSED/ },
        { title: 'the server speaks TLS no more than Latin', open: () => open({ tls: true }), says: /\S/ },
      ],
    }),
  );

  it('publishes messages to the topic they came from, when no topic is given', async () => {
    const sink = await open({ topic: undefined });
    const body = Buffer.from('21.5');
    await write(sink, { format: 'raw', body, attributes: { subject: 'a/b c/$d' } });
    const last = (await reader.read()).at(-1);
    expect(last).toMatchObject({ target: 'a/b c/$d', contentType: 'application/octet-stream' });
    expect(Buffer.from(last?.body ?? []).toString()).toBe('21.5');
    await sink.close();
  });

  it('rejects topics that cannot be published to', async () => {
    const sink = await open();
    const receipt = await write(
      sink,
      { target: 'a/+' },
      { target: '' },
      { target: 'a\0' },
      { target: '\ud800' },
      {},
    );
    expect(receipt?.rejected?.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/wildcard/),
      expect.stringMatching(/empty/),
      expect.stringMatching(/U\+0000/),
      expect.stringMatching(/surrogate/),
    ]);
    await sink.close();
  });

  it('keeps events when the broker does not allow the topic of the options', async () => {
    const world = worldOf('bridge', { PASSWORD: password });
    // Without a limit, as above, mosquitto ends the connection together with its refusal.
    const strict = await startMosquitto({ acl: ACL, lines: ['max_queued_messages 1000'] });
    const sink = await open({ port: strict.port, topic: 'refused/x' }, world);
    await expect(write(sink, {}, {})).rejects.toThrow(
      /^MQTT broker at 127\.0\.0\.1:\d+: the broker does not allow this topic: see topic/,
    );
    const receipt = await write(sink, {}, { target: 'fine' }, { target: 'refused/own' }, {});
    expect(receipt).toEqual({
      rejected: [{ index: 2, reason: expect.stringMatching(/does not allow this topic.*0x87/) }],
      unconfirmed: [0, 3],
    });
    expect(world.said).toMatchObject([{ fields: { reason: expect.stringMatching(/see topic/) } }]);
    await sink.close();
    await strict.close();
  });

  it('rejects a message that came from a topic which the broker does not allow', async () => {
    const sink = await open({ topic: undefined });
    const receipt = await write(sink, { attributes: { subject: 'refused/theirs' } }, {});
    expect(receipt?.rejected).toEqual([{ index: 0, reason: expect.stringMatching(/does not allow/) }]);
    await sink.close();
  });

  it('rejects an event larger than the broker accepts, before the broker closes the connection', async () => {
    const small = await startMosquitto({ lines: ['max_packet_size 2000'] });
    const sink = await open({ port: small.port });
    const receipt = await write(sink, {}, { format: 'raw', body: Buffer.alloc(3000) }, {});
    expect(receipt).toEqual({
      rejected: [{ index: 1, reason: 'the packet is larger than the broker accepts' }],
    });
    await sink.close();
    await small.close();
  });

  it('rejects attributes that are longer than a string of MQTT', async () => {
    const sink = await open();
    const receipt = await write(sink, { format: 'binary', attributes: { clientid: 'x'.repeat(70_000) } }, {});
    expect(receipt?.rejected).toEqual([{ index: 0, reason: expect.stringMatching(/attribute clientid/) }]);
    await sink.close();
  });

  it('finds the one packet that the broker ends the connection over', async () => {
    const world = worldOf('bridge', { PASSWORD: password });
    const sink = await open({}, world);
    // mosquitto takes no control characters in topics.
    const receipt = await write(sink, {}, {}, { target: 'bad\u0007topic' }, {}, {});
    expect(world.said).toEqual([]);
    expect(receipt?.rejected).toEqual([
      { index: 2, reason: expect.stringMatching(/malformed|control character in the topic/) },
    ]);
    await sink.close();
  });

  it('keeps within the window, and sends the expiry', async () => {
    const sink = await open({ maxInFlight: 1, messageExpiry: '1h', qos: 2 });
    expect(await write(sink, ...Array.from({ length: 20 }, () => ({})))).toBeUndefined();
    await reader.read();
    expect(reader.lastProperties()).toMatchObject({ messageExpiryInterval: expect.any(Number) });
    await sink.close();
  });

  it('gives up a batch when nobody waits for it any more, and writes the next', async () => {
    const sink = await open({ port: proxy.port });
    await write(sink, {});
    proxy.freeze();
    const abort = new AbortController();
    const writing = sink.write([makeDelivery()], abort.signal);
    abort.abort(new Error('too late'));
    await expect(writing).rejects.toThrow('too late');
    proxy.thaw();
    expect(await write(sink, {})).toBeUndefined();
    await sink.close();
  });

  it('confirms nothing when the acknowledgement is lost', async () => {
    const sink = await open({ port: proxy.port });
    await sink.check?.();
    proxy.cutNextAnswer();
    await expect(write(sink, {})).rejects.toThrow(/MQTT broker at 127\.0\.0\.1/);
    expect(await write(sink, {})).toBeUndefined();
    await sink.close();
  });
});

interface Reader {
  read(): Promise<Received[]>;
  lastProperties(): unknown;
  close(): Promise<void>;
}

/** A subscriber with a session that outlives the broker, which keeps all that it was ever sent. */
async function startReader(port: () => number): Promise<Reader> {
  const received: Received[] = [];
  let properties: unknown;
  const marks = new Set<string>();
  const options = {
    host: '127.0.0.1',
    username: user,
    password,
    protocolVersion: 5,
    reconnectPeriod: 50,
  } as const;
  const client: MqttClient = await connectAsync({
    ...options,
    port: port(),
    clientId: 'reader',
    clean: false,
    properties: { sessionExpiryInterval: 3600, receiveMaximum: 65_535 },
  });
  client.on('error', () => {});
  client.on('message', (target, body, packet) => {
    if (target === 'mark') return void marks.add(body.toString());
    properties = packet.properties;
    received.push(receivedOf(target, body, packet.properties ?? {}));
  });
  await client.subscribeAsync('#', { qos: 2 });
  let count = 0;
  return {
    // Earlier confirmed messages precede a mark published now.
    async read() {
      const mark = `${count++}`;
      const marker = await connectAsync({ ...options, port: port(), clientId: `marker-${mark}` });
      await marker.publishAsync('mark', mark, { qos: 2 });
      await marker.endAsync();
      await until('the mark', () => marks.has(mark));
      return received;
    },
    lastProperties: () => properties,
    close: () => client.endAsync(true),
  };
}

function receivedOf(
  target: string,
  body: Buffer,
  { contentType = '', userProperties = {} }: { contentType?: string; userProperties?: object },
): Received {
  const attributes = Object.fromEntries(
    Object.entries(userProperties).map(([name, value]) => [name, decodeURIComponent(String(value))]),
  );
  const id = attributes.id ?? idOf(contentType, body);
  return { id, body, contentType: decodeURIComponent(contentType), target, attributes };
}

function idOf(contentType: string, body: Buffer): string | undefined {
  return contentType === 'application/cloudevents+json' ? JSON.parse(body.toString()).id : undefined;
}
