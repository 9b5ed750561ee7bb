import { type ConfirmChannel, connect, type GetMessage } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDelivery, type Received, type Sink } from '../../../src/sink-contract.ts';
import { Rabbitmq } from '../../../src/sinks/rabbitmq/declaration.ts';
import { openRabbitmq } from '../../../src/sinks/rabbitmq/open.ts';
import { startProxy, type TcpProxy } from '../../support/servers/proxy.ts';
import {
  isRabbitmqMissing,
  password,
  type RabbitmqServer,
  startRabbitmq,
  user,
} from '../../support/servers/rabbitmq.ts';
import { itKeepsTheContract, ours } from '../contract.ts';
import { lazily, worldOf, write } from '../world.ts';

type Given = Partial<Parameters<typeof Rabbitmq.parse>[0] & object>;

describe.skipIf(isRabbitmqMissing)('the sink rabbitmq', () => {
  let server: RabbitmqServer;
  let proxy: TcpProxy;
  const received: Received[] = [];
  const open = (given: Given = {}, world = worldOf('rabbit', { PASSWORD: password })): Promise<Sink> =>
    openRabbitmq(
      Rabbitmq.parse({
        host: '127.0.0.1',
        port: server.port,
        user,
        password: { env: 'PASSWORD' },
        exchange: 'mqtt',
        declare: { queue: 'all' },
        ...given,
      }),
      world,
    );
  const administer = async <T>(work: (channel: ConfirmChannel) => Promise<T>): Promise<T> => {
    const connection = await connect({ hostname: '127.0.0.1', port: server.port, username: user, password });
    connection.on('error', () => {});
    try {
      const channel = await connection.createConfirmChannel();
      channel.on('error', () => {});
      return await work(channel);
    } finally {
      await connection.close();
    }
  };
  const take = (queue: string) =>
    administer(async (channel) => {
      const messages: GetMessage[] = [];
      for (;;) {
        const message = await channel.get(queue, { noAck: true });
        if (message === false) return messages;
        messages.push(message);
      }
    });

  beforeAll(async () => {
    server = await startRabbitmq({ lines: ['max_message_size = 1000000'] });
    proxy = await startProxy(() => server.port);
  }, 120_000);
  afterAll(async () => {
    await proxy?.close();
    await server?.close();
  });

  it('rejects an event whose attributes fit into no frame, and writes the others', async () => {
    const sink = await open();
    const long = 'x'.repeat(65_000);
    const wanted = { format: 'binary', contentType: 'text/plain', body: Buffer.from('x') } as const;
    const large = makeDelivery(wanted);
    const batch = [
      makeDelivery(wanted),
      { ...large, attributes: { ...large.attributes, id: long, subject: long, clientid: long } },
      makeDelivery(wanted),
    ];
    const receipt = await sink.write(batch, new AbortController().signal);
    expect(receipt?.rejected).toEqual([{ index: 1, reason: expect.stringContaining('attributes') }]);
    expect(receipt?.unconfirmed ?? []).toEqual([]);
    await sink.close();
  });

  itKeepsTheContract(
    ours({
      open,
      async read() {
        received.push(...(await take('all')).map(receivedOf));
        return received;
      },
      server: lazily(() => server),
      ordering: 'per-key',
      duplicates: 'possible',
      hasTargets: true,
      refuse: (delivery) => ({ ...delivery, target: 'x'.repeat(256) }),
      broken: [
        {
          title: 'the password is wrong',
          open: () => open({}, worldOf('rabbit', { PASSWORD: 'wr0ng-one' })),
          says: /login was refused: see user and password/,
          secrets: ['wr0ng-one'],
        },
        {
          title: 'the exchange does not exist',
          open: () => open({ exchange: 'absent', declare: undefined }),
          says: /exchange "absent" does not exist: create it, or write declare/,
        },
        {
          title: 'the virtual host does not exist',
          open: () => open({ vhost: 'no/where' }),
          says: /virtual host does not exist/,
        },
        {
          title: 'the exchange has another type',
          open: () => open({ exchange: 'amq.fanout' }),
          says: /exists already and differs/,
        },
        { title: 'nothing listens', open: () => open({ port: 1 }), says: /ECONNREFUSED/ },
      ],
      patience: 60_000,
    }),
  );

  it('rejects what no queue takes, unless told to drop it', async () => {
    const sink = await open({ exchange: 'amq.direct', declare: undefined });
    expect(await write(sink, {}, { target: 'nowhere' })).toEqual({
      rejected: [
        { index: 0, reason: expect.stringMatching(/no queue is bound/) },
        { index: 1, reason: expect.stringMatching(/no queue is bound/) },
      ],
    });
    await sink.close();
    const careless = await open({ exchange: 'amq.direct', declare: undefined, mandatory: false });
    expect(await write(careless, {})).toBeUndefined();
    await careless.close();
  });

  it('tells a routed event from an unrouted one of the same id', async () => {
    const sink = await open({
      exchange: 'amq.direct',
      declare: { type: 'direct', queue: 'here', binding: 'here' },
    });
    const delivery = makeDelivery();
    const twins = [
      { ...delivery, target: 'here' },
      { ...delivery, target: 'there' },
    ];
    const receipt = await sink.write(twins, new AbortController().signal);
    expect(receipt?.rejected?.map(({ index }) => index)).toEqual([1]);
    expect(await take('here')).toHaveLength(1);
    await sink.close();
  });

  it('sends to a queue by its name through the default exchange', async () => {
    const sink = await open({
      exchange: undefined,
      routingKey: 'direct-queue',
      declare: { queue: 'direct-queue' },
    });
    await write(sink, { format: 'raw', body: Buffer.from('21.5'), contentType: 'text/plain' });
    const [message] = await take('direct-queue');
    expect(message?.content.toString()).toBe('21.5');
    expect(message?.properties).toMatchObject({ deliveryMode: 2, contentType: 'text/plain' });
    await sink.close();
  });

  it('makes quorum queues on request', async () => {
    const sink = await open({ exchange: 'q', declare: { queue: 'replicated', queueType: 'quorum' } });
    expect(await write(sink, {}, {})).toBeUndefined();
    expect(await take('replicated')).toHaveLength(2);
    await sink.close();
  });

  it('rejects bodies and attributes that are too large, and delivers their neighbours', async () => {
    const sink = await open({ exchange: 'big', declare: { queue: 'big' } });
    const batch = [
      makeDelivery(),
      makeDelivery({ format: 'raw', body: Buffer.alloc(1_100_000) }),
      makeDelivery({ format: 'binary', attributes: { clientid: 'x'.repeat(70_000) } }),
      makeDelivery(),
    ];
    const first = await sink.write(batch, new AbortController().signal);
    expect(first?.rejected?.toSorted((a, b) => a.index - b.index)).toEqual([
      { index: 1, reason: expect.stringMatching(/larger than max_message_size/) },
      { index: 2, reason: expect.stringMatching(/attributes are larger/) },
    ]);
    const left = (first?.unconfirmed ?? []).map((index) => batch[index]).filter((one) => one !== undefined);
    expect(await sink.write(left, new AbortController().signal)).toBeUndefined();
    const ids = new Set((await take('big')).map(({ properties }) => properties.messageId));
    expect(ids).toEqual(new Set([batch[0]?.id, batch[3]?.id]));
    await sink.close();
  });

  it('rejects an event whose own routing key the user may not use, and delivers its neighbours', async () => {
    const sink = await open({ exchange: 'guarded', declare: { queue: 'guarded' } });
    await write(sink, {});
    await server.control('set_topic_permissions', user, 'guarded', '^(open\\..+|events)$', '.*');
    const batch = ['open.a', "secret.in exchange 'x'", 'open.b'].map((target) => makeDelivery({ target }));
    const first = await sink.write(batch, new AbortController().signal);
    expect(first?.rejected).toEqual([
      { index: 1, reason: expect.stringMatching(/may not publish with the routing key/) },
    ]);
    const left = (first?.unconfirmed ?? []).map((index) => batch[index]).filter((one) => one !== undefined);
    if (left.length > 0) expect(await sink.write(left, new AbortController().signal)).toBeUndefined();
    const keys = (await take('guarded')).map(({ fields }) => fields.routingKey);
    expect([...new Set(keys)]).toEqual(['events', 'open.a', 'open.b']);
    await sink.close();
    const own = await open({ exchange: 'guarded', declare: undefined, routingKey: 'secret' });
    await expect(write(own, {})).rejects.toThrow(/the user may not publish with the routing key/);
    await own.close();
  }, 120_000);

  it('keeps ids that are too long for the property, by their hash', async () => {
    const sink = await open({ exchange: 'long', declare: { queue: 'long' } });
    const delivery = makeDelivery({ idPrefix: 'ä'.repeat(300), format: 'binary' });
    await sink.write([delivery], new AbortController().signal);
    const [message] = await take('long');
    expect(message?.properties.messageId).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(message?.properties.headers?.['cloudEvents:id']).toBe(delivery.id);
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

  it('confirms nothing when the confirmation is lost', async () => {
    const sink = await open({ port: proxy.port });
    await write(sink, {});
    proxy.cutNextAnswer();
    await expect(write(sink, {})).rejects.toThrow(/RabbitMQ at 127\.0\.0\.1/);
    expect(await write(sink, {})).toBeUndefined();
    await sink.close();
  });

  it('continues when the exchange is deleted and created again', async () => {
    const sink = await open({ exchange: 'brief', declare: { queue: 'brief' } });
    await write(sink, {});
    await administer((channel) => channel.deleteExchange('brief'));
    await expect(write(sink, {})).rejects.toThrow(/exchange "brief" does not exist/);
    expect(await write(sink, {})).toBeUndefined();
    await sink.close();
  });
});

function receivedOf({ content, fields, properties }: GetMessage): Received {
  const headers = Object.entries(properties.headers ?? {});
  return {
    id: properties.messageId,
    body: content,
    contentType: properties.contentType,
    target: fields.routingKey,
    attributes: Object.fromEntries(
      headers.map(([name, value]) => [name.replace(/^cloudEvents:/, ''), value]),
    ),
  };
}
