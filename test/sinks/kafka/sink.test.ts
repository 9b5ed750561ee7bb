import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDelivery, type Received, type Sink } from '../../../src/sink-contract.ts';
import { Kafka } from '../../../src/sinks/kafka/declaration.ts';
import { openKafka } from '../../../src/sinks/kafka/open.ts';
import {
  isKafkaMissing,
  type KafkaRead,
  type KafkaServer,
  password,
  startKafka,
  user,
} from '../../support/servers/kafka.ts';
import { until } from '../../support/servers/process.ts';
import { startProxy, type TcpProxy } from '../../support/servers/proxy.ts';
import { itKeepsTheContract, ours } from '../contract.ts';
import { lazily, worldOf, write } from '../world.ts';

type Given = Partial<Parameters<typeof Kafka.parse>[0] & object>;

describe.skipIf(isKafkaMissing)('the sink kafka', () => {
  let server: KafkaServer;
  let guarded: KafkaServer;
  const open = (given: Given = {}, world = worldOf('kafka', { PASSWORD: password })): Promise<Sink> =>
    openKafka(
      Kafka.parse({ brokers: [`127.0.0.1:${server.port}`], createTopics: {}, topic: 'events', ...given }),
      world,
    );
  const openGuarded = (mechanism: string, secret = password) =>
    open(
      {
        brokers: [`127.0.0.1:${guarded.port}`],
        sasl: { mechanism, user, password: { env: 'PASSWORD' } } as never,
      },
      worldOf('kafka', { PASSWORD: secret }),
    );

  beforeAll(async () => {
    server = await startKafka();
    guarded = await startKafka({ brokers: 1, needsLogin: true });
  });
  afterAll(async () => {
    await server?.close();
    await guarded?.close();
  });

  itKeepsTheContract(
    ours({
      open,
      async read() {
        const topics = await Promise.all([...server.topics].map((topic) => server.read(topic)));
        return topics.flat().map(receivedOf);
      },
      server: lazily(() => server),
      ordering: 'per-key',
      duplicates: 'possible',
      hasTargets: true,
      refuse: (delivery) => ({ ...delivery, format: 'raw', body: Buffer.alloc(1_100_000, delivery.id) }),
      broken: [
        {
          title: 'the password is wrong (PLAIN)',
          open: () => openGuarded('plain', 'wr0ng-one'),
          says: /login was refused: see sasl\.user and sasl\.password/,
          secrets: ['wr0ng-one'],
        },
        {
          title: 'the password is wrong (SCRAM)',
          open: () => openGuarded('scram-sha-512', 'wr0ng-one'),
          says: /login was refused: see sasl\.user and sasl\.password/,
          secrets: ['wr0ng-one'],
        },
        {
          title: 'the topic does not exist',
          open: () => open({ createTopics: undefined, topic: 'absent' }),
          says: /topic absent: the topic does not exist: create it, or write createTopics/,
        },
        {
          title: 'the user may not write to the topic',
          open: () => open({ topic: 'forbidden-one' }),
          says: /may not write to the topic/,
        },
        { title: 'nothing listens', open: () => open({ brokers: ['127.0.0.1:1'] }), says: /ECONNREFUSED/ },
      ],
    }),
  );

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('logs in with %s', async (mechanism) => {
    const sink = await openGuarded(mechanism);
    expect(await write(sink, {}, {})).toBeUndefined();
    await sink.close();
  });

  it.each(['gzip', 'snappy', 'lz4'] as const)('compresses with %s', async (compression) => {
    const sink = await open({ compression, topic: compression });
    await write(sink, ...Array.from({ length: 50 }, () => ({})));
    expect(await server.read(compression)).toHaveLength(50);
    await sink.close();
  });

  it('keeps a client in one partition, as clients in other languages do', async () => {
    const sink = await open({ topic: 'placed' });
    const keys = ['a', 'b', 'client-17', '漢字'];
    await write(sink, ...[...keys, ...keys].map((key) => ({ key })));
    const partitions = new Map((await server.read('placed')).map(({ key, partition }) => [key, partition]));
    // By an implementation of murmur2 that is not ours, of four partitions.
    expect(Object.fromEntries(partitions)).toEqual({ a: 0, b: 0, 'client-17': 2, 漢字: 1 });
    await sink.close();
  });

  it('rejects events whose own topic is missing or forbidden, and writes the others', async () => {
    const world = worldOf('kafka');
    const sink = await open({ createTopics: undefined, topic: 'events' }, world);
    const missing = { index: 1, reason: expect.stringMatching(/topic gone: the topic does not exist/) };
    const forbidden = { index: 2, reason: expect.stringMatching(/topic forbidden-2: .*may not write/) };
    const receipt = await write(sink, {}, { target: 'gone' }, { target: 'forbidden-2' }, {});
    expect(receipt).toEqual({ rejected: [missing, forbidden] });
    expect(await write(sink, { target: 'gone' })).toEqual({ rejected: [{ ...missing, index: 0 }] });
    expect(world.said).toEqual([]);
    await sink.close();
  });

  it('writes the other topics if the configured topic is missing or forbidden, and keeps the rest', async () => {
    for (const topic of ['gone', 'forbidden-3']) {
      const world = worldOf('kafka');
      const sink = await open({ createTopics: undefined, topic }, world);
      expect(await write(sink, {}, { target: 'events' }, {})).toEqual({ rejected: [], unconfirmed: [0, 2] });
      expect(world.said).toMatchObject([
        { fields: { reason: expect.stringContaining(`topic ${topic}: the `) } },
      ]);
      await sink.close();
    }
  });

  it('makes a topic that others make at the same time', async () => {
    const sinks = await Promise.all(Array.from({ length: 6 }, () => open({ topic: 'contended' })));
    expect(await Promise.all(sinks.map((sink) => write(sink, {})))).toEqual(sinks.map(() => undefined));
    expect(await server.read('contended')).toHaveLength(6);
    for (const sink of sinks) await sink.close();
  });

  it('is checked without affecting writes in progress', async () => {
    const sink = await open({ createTopics: undefined, topic: 'gone' });
    const own = await open();
    await write(own, { target: 'held' });
    await own.close();
    const letGo = server.hold();
    const writing = write(sink, { target: 'held' });
    await until('the records to be under way', () => server.held > 0);
    await expect(sink.check?.()).rejects.toThrow(/topic gone: the topic does not exist/);
    letGo();
    expect(await writing).toBeUndefined();
    expect(await server.read('held')).toHaveLength(2);
    await sink.close();
  });

  it('rejects names that no topic may have', async () => {
    const sink = await open();
    const receipt = await write(sink, { target: 'a/b' }, { target: '..' }, { target: '' }, {});
    expect(receipt?.rejected?.map(({ index }) => index)).toEqual([0, 1, 2]);
    await sink.close();
  });

  it('writes each event once when one of a batch is too large', async () => {
    const sink = await open({ topic: 'sized' });
    const keys = ['a', 'b', 'client-17', '漢字'];
    const batch = Array.from({ length: 40 }, (_, i) => makeDelivery({ key: keys[i % 4] ?? '' }));
    batch[13] = makeDelivery({ format: 'raw', body: Buffer.alloc(1_100_000), key: 'b' });
    const receipt = await sink.write(batch, new AbortController().signal);
    expect(receipt?.rejected).toEqual([{ index: 13, reason: expect.stringMatching(/max\.message\.bytes/) }]);
    expect(await server.read('sized')).toHaveLength(39);
    await sink.close();
  });

  it('loses nothing when an answer is lost and something else is written next', async () => {
    const lossy = await startKafka({ brokers: 1 });
    const proxy: TcpProxy = await startProxy(() => lossy.port);
    const sink = await open({ brokers: [`127.0.0.1:${proxy.port}`], timeout: '1s' });
    await write(sink, {});
    await lossy.stop();
    await expect(write(sink, { key: 'x' }, { key: 'x' })).rejects.toThrow(/Kafka at 127\.0\.0\.1/);
    await lossy.start();
    const others = [makeDelivery({ key: 'x' }), makeDelivery({ key: 'x' })];
    expect(await sink.write(others, new AbortController().signal)).toBeUndefined();
    const ids = (await lossy.read('events')).map(({ value }) => JSON.parse(value.toString()).id);
    expect(ids).toEqual(expect.arrayContaining(others.map(({ id }) => id)));
    await sink.close();
    await proxy.close();
    await lossy.close();
  });

  it('gives up a batch when nobody waits for it any more, and writes the next', async () => {
    const sink = await open();
    await write(sink, {});
    const abort = new AbortController();
    const writing = sink.write([makeDelivery()], abort.signal);
    abort.abort(new Error('too late'));
    await expect(writing).rejects.toThrow('too late');
    expect(await write(sink, {})).toBeUndefined();
    await sink.close();
  });
});

function receivedOf({ topic, key, value, headers }: KafkaRead): Received {
  const { 'content-type': contentType, ...others } = headers;
  const attributes = Object.fromEntries(
    Object.entries(others).map(([name, text]) => [name.replace(/^ce_/, ''), text]),
  );
  const id =
    attributes.id ??
    (contentType === 'application/cloudevents+json' ? JSON.parse(value.toString()).id : undefined);
  return { id, key, body: value, contentType, target: topic, attributes };
}
