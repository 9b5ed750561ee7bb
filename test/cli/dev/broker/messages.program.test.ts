/** What an answer of the provider does to messages at the dev broker. */
import { execFile } from 'node:child_process';
import { connect as connectSocket } from 'node:net';
import { promisify } from 'node:util';
import { generate, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { isServerMissing } from '../../../support/servers/process.ts';
import { until } from '../../../support/until.ts';
import { aDevBroker, reasonOf, type Tried, type TriedOptions } from '../support/dev-broker.ts';
import { type Answer, allow, deny, everyHook, ignore, type SeenCall } from '../support/fake-provider.ts';

const run = promisify(execFile);
const withIngress = [...everyHook, { name: 'message.ingress' }];

interface Answers {
  readonly authorize?: (call: SeenCall) => Answer;
  readonly publish?: (call: SeenCall) => Answer;
  readonly ingress?: (call: SeenCall) => Answer;
}

const answers =
  ({ authorize = () => allow, publish = () => ignore, ingress = () => ignore }: Answers) =>
  (call: SeenCall): Answer => {
    if (call.hook === 'client.authorize') return call.request.type === 'SUBSCRIBE' ? allow : authorize(call);
    if (call.hook === 'message.publish') return publish(call);
    if (call.hook === 'message.ingress') return ingress(call);
    return allow;
  };

/** The whole message, as a provider sends it back. */
const rewritten = ({ request: { message } }: SeenCall, change: object): Answer => ({
  type: 2,
  value: {
    case: 'message',
    value: {
      ...message,
      timestamp: BigInt(message.timestamp),
      payload: Buffer.from(message.payload ?? '', 'base64'),
      ...change,
    },
  },
});
const dropped = (call: SeenCall) => rewritten(call, { headers: { allow_publish: 'false' } });

interface Watched {
  readonly tried: Tried;
  readonly got: string[];
}

/** A broker with a client that gets everything. */
async function watched(given: Answers, options: TriedOptions = {}): Promise<Watched> {
  const tried = await aDevBroker({ answer: answers(given), ...options });
  const board = await tried.connect({ clientId: 'board' });
  const got: string[] = [];
  board.on('message', (topic, payload, { retain, qos }) =>
    got.push(`${topic} ${payload} qos ${qos}${retain ? ' retained' : ''}`),
  );
  await board.subscribeAsync('#', { qos: 2 });
  return { tried, got };
}

/** What is delivered after `marker` came after all that was sent before. */
async function seen({ tried, got }: Watched): Promise<string[]> {
  const sender = await tried.connect({ clientId: 'marker' });
  await sender.publishAsync('marker', 'end', { qos: 0 });
  await until('the marker', () => got.some((line) => line.startsWith('marker')));
  return got.filter((line) => !line.startsWith('marker'));
}

const isMarker = ({ request: { topic, message } }: SeenCall) => (topic ?? message?.topic) === 'marker';
const unlessMarker =
  (answer: (call: SeenCall) => Answer, otherwise: Answer) =>
  (call: SeenCall): Answer =>
    isMarker(call) ? otherwise : answer(call);
const denying: Answers = { authorize: unlessMarker(() => deny, allow) };
const dropping: Answers = { publish: unlessMarker(dropped, ignore) };

describe('a message that is denied', () => {
  it.each([0, 1, 2] as const)(
    'with MQTT 3.1.1 and QoS %s goes to nobody, and the connection stays',
    async (qos) => {
      const broker = await watched(denying);
      const client = await broker.tried.connect({ clientId: 'a' });
      for (const payload of ['one', 'two']) await client.publishAsync('t', payload, { qos, retain: true });
      expect(client.connected).toBe(true);
      expect(await seen(broker)).toStrictEqual([]);
      expect(broker.tried.provider.of('message.publish').filter((call) => !isMarker(call))).toStrictEqual([]);
      const late = await broker.tried.connect({ clientId: 'late' });
      const retained: string[] = [];
      late.on('message', (topic) => retained.push(topic));
      await late.subscribeAsync('t');
      await late.unsubscribeAsync('t');
      expect(retained).toStrictEqual([]);
    },
  );

  it.each([1, 2] as const)(
    'with MQTT 5 and QoS %s is answered 0x87, and the connection stays',
    async (qos) => {
      const broker = await watched(denying);
      const client = await broker.tried.connect({ clientId: 'a', protocolVersion: 5 });
      await expect(client.publishAsync('t', 'x', { qos })).rejects.toMatchObject({ code: 0x87 });
      expect(client.connected).toBe(true);
      expect(await seen(broker)).toStrictEqual([]);
    },
  );

  it('is denied, too, when the provider does not answer', async () => {
    const broker = await watched({ authorize: unlessMarker(() => 'silence', allow) }, { timeout: 300 });
    const client = await broker.tried.connect({ clientId: 'a', protocolVersion: 5 });
    await expect(client.publishAsync('t', 'x', { qos: 1 })).rejects.toMatchObject({ code: 0x87 });
    expect(await seen(broker)).toStrictEqual([]);
  });
});

describe('a message that is dropped', () => {
  it.each([1, 2] as const)('with MQTT 5 and QoS %s is answered 0x10 and goes to nobody', async (qos) => {
    const broker = await watched(dropping);
    const client = await broker.tried.connect({ clientId: 'a', protocolVersion: 5 });
    expect(await reasonOf(client, 't', 'x', qos)).toBe(0x10);
    expect(await seen(broker)).toStrictEqual([]);
    // EMQX does not call it for a message that a provider has dropped.
    expect(broker.tried.provider.of('message.dropped')).toStrictEqual([]);
  });

  it('is retained all the same, since the retainer comes before ExHook', async () => {
    const broker = await watched(dropping);
    const client = await broker.tried.connect({ clientId: 'a' });
    await client.publishAsync('t', 'kept', { qos: 1, retain: true });
    const late = await broker.tried.connect({ clientId: 'late' });
    const first = new Promise((resolve) =>
      late.once('message', (_topic, payload) => resolve(String(payload))),
    );
    await late.subscribeAsync('t');
    expect(await first).toBe('kept');
  });
});

describe('a message that is rewritten', () => {
  const rewriting: Answers = {
    publish: (call) =>
      isMarker(call) ? ignore : rewritten(call, { topic: 'new', payload: Buffer.from('changed'), qos: 1 }),
  };

  it('goes on with its new topic, payload and QoS', async () => {
    const broker = await watched(rewriting);
    const client = await broker.tried.connect({ clientId: 'a' });
    await client.publishAsync('t', 'x');
    expect(await seen(broker)).toStrictEqual(['new changed qos 1']);
  });

  it('is retained as it came', async () => {
    const broker = await watched(rewriting);
    const client = await broker.tried.connect({ clientId: 'a' });
    await client.publishAsync('t', 'x', { retain: true });
    const late = await broker.tried.connect({ clientId: 'late' });
    const got: string[] = [];
    late.on('message', (topic, payload, { retain }) => got.push(`${topic} ${payload} ${retain}`));
    await late.subscribeAsync('#');
    await until('the retained message', () => got.length > 0);
    expect(got).toStrictEqual(['t x true']);
  });

  it.each(['', 'a/+', 'a/#', 'a\0'])('to the topic %j goes to nobody', async (topic) => {
    const broker = await watched({
      publish: (call) => (isMarker(call) ? ignore : rewritten(call, { topic })),
    });
    const client = await broker.tried.connect({ clientId: 'a' });
    await client.publishAsync('t', 'x', { qos: 1 });
    expect(await seen(broker)).toStrictEqual([]);
    expect(broker.tried.said.length).toBe(1);
  });
});

it.each<[string, Answer]>([
  ['does not answer', 'silence'],
  ['fails', { status: 14 }],
  ['answers a verdict', deny],
])('A message flows on when the provider %s at message.publish', async (_, answer) => {
  const broker = await watched({ publish: unlessMarker(() => answer, ignore) }, { timeout: 300 });
  const client = await broker.tried.connect({ clientId: 'a' });
  await client.publishAsync('t', 'x', { qos: 1 });
  expect(await seen(broker)).toStrictEqual(['t x qos 1']);
});

it('A message with correlation data that is not UTF-8 flows on without a call, as EMQX cannot encode it', async () => {
  const broker = await watched(dropping);
  const client = await broker.tried.connect({ clientId: 'a', protocolVersion: 5 });
  await client.publishAsync('t', 'x', { qos: 1, properties: { correlationData: Buffer.from([0xff]) } });
  expect(await seen(broker)).toStrictEqual(['t x qos 1']);
});

it('Only messages of the topics that the provider named reach message.publish', async () => {
  const hooks = everyHook.map((hook) =>
    hook.name === 'message.publish' ? { ...hook, topics: ['a/#'] } : hook,
  );
  const { tried } = await watched({}, { hooks });
  const client = await tried.connect({ clientId: 'c' });
  for (const topic of ['a/1', 'b/1']) await client.publishAsync(topic, 'x', { qos: 1 });
  expect(tried.provider.of('message.publish').map(({ request }) => request.message.topic)).toStrictEqual([
    'a/1',
  ]);
});

it('A message without subscribers is told of, and MQTT 5 learns it from its PUBACK', async () => {
  const tried = await aDevBroker();
  const client = await tried.connect({ clientId: 'a', protocolVersion: 5 });
  expect(await reasonOf(client, 't', 'x')).toBe(0x10);
  const [call] = tried.provider.of('message.dropped');
  expect(call?.request).toMatchObject({ reason: 'no_subscribers', message: { topic: 't', from: 'a' } });
});

it('A subscriber gets a message with the QoS of its subscription at most, also of one with wildcards', async () => {
  const tried = await aDevBroker();
  const board = await tried.connect({ clientId: 'b' });
  const got: number[] = [];
  board.on('message', (_topic, _payload, { qos }) => got.push(qos));
  await board.subscribeAsync('a/#', { qos: 1 });
  const client = await tried.connect({ clientId: 'a' });
  for (const qos of [0, 1, 2] as const) await client.publishAsync('a/b', 'x', { qos });
  await until('three messages', () => got.length === 3);
  expect(got).toStrictEqual([0, 1, 1]);
});

it('A QoS 2 message that is sent again is published once', async () => {
  const tried = await aDevBroker();
  const socket = connectSocket(tried.port, '127.0.0.1');
  const commands: string[] = [];
  const read = parser({ protocolVersion: 4 });
  read.on('packet', ({ cmd }) => commands.push(cmd));
  socket.on('data', (chunk) => read.parse(chunk));
  const write = (packet: Parameters<typeof generate>[0]) => socket.write(generate(packet));
  const publish = { cmd: 'publish', topic: 't', payload: 'x', qos: 2, messageId: 7, retain: false } as const;
  write({
    cmd: 'connect',
    clientId: 'raw',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    keepalive: 0,
  });
  write({ ...publish, dup: false });
  write({ ...publish, dup: true });
  await until('two PUBRECs', () => commands.length === 3);
  write({ cmd: 'pubrel', messageId: 7 });
  await until('PUBCOMP', () => commands.length === 4);
  expect(commands).toStrictEqual(['connack', 'pubrec', 'pubrec', 'pubcomp']);
  expect(tried.provider.of('message.publish').length).toBe(1);
  // The id is free again.
  write({ ...publish, dup: false });
  await tried.called('message.publish', 2);
  socket.destroy();
});

describe('a will', () => {
  const will = { topic: 'will', payload: Buffer.from('gone'), qos: 1, retain: false } as const;

  async function die(tried: Tried): Promise<void> {
    const client = await tried.connect({ clientId: 'dying', will });
    client.stream.destroy();
    await tried.called('session.terminated');
  }

  it.each<[string, Answers, string[]]>([
    ['is allowed goes to its subscribers', {}, ['will gone qos 1']],
    ['is denied goes to nobody', denying, []],
    ['is dropped goes to nobody', dropping, []],
    [
      'is rewritten goes on as it was rewritten',
      { publish: (call) => (isMarker(call) ? ignore : rewritten(call, { payload: Buffer.from('away') })) },
      ['will away qos 1'],
    ],
  ])('that %s', async (_, given, expected) => {
    const broker = await watched(given);
    await die(broker.tried);
    expect(await seen(broker)).toStrictEqual(expected);
  });

  it('of a client that disconnects goes to nobody, and nobody is asked about it', async () => {
    const broker = await watched({});
    const client = await broker.tried.connect({ clientId: 'leaving', will });
    await client.endAsync();
    await broker.tried.called('session.terminated');
    expect(await seen(broker)).toStrictEqual([]);
  });
});

describe('message.ingress', () => {
  const options = { as: '6.3.1', hooks: withIngress };

  it('comes first, then client.authorize about the new topic, then message.publish', async () => {
    const { tried, got } = await watched(
      { ingress: (call) => (isMarker(call) ? ignore : rewritten(call, { topic: 'new', qos: 0 })) },
      options,
    );
    const client = await tried.connect({ clientId: 'a' });
    await client.publishAsync('t', 'x', { qos: 1 });
    const sent = tried.provider.of('message.ingress', 'client.authorize', 'message.publish');
    const about = sent.map(({ hook, request }) => [hook, request.topic ?? request.message.topic]);
    // The first is about the subscription.
    expect(about.slice(1)).toStrictEqual([
      ['message.ingress', 't'],
      ['client.authorize', 'new'],
      ['message.publish', 'new'],
    ]);
    // It cannot change the QoS.
    await until('the message', () => got.length > 0);
    expect(got).toStrictEqual(['new x qos 1']);
  });

  it.each([
    ['a failure', { status: 13 }],
    ['false', deny],
    ['true', allow],
  ] as const)('ends the connection after %s, with 0x83 for MQTT 5', async (_, answer) => {
    const broker = await watched({ ingress: unlessMarker(() => answer, ignore) }, options);
    const modern = await broker.tried.connect({ clientId: 'm', protocolVersion: 5 });
    const told = new Promise((resolve) => modern.once('disconnect', ({ reasonCode }) => resolve(reasonCode)));
    modern.publish('t', 'x', { qos: 1 });
    expect(await told).toBe(0x83);
    const older = await broker.tried.connect({ clientId: 'o' });
    const closed = new Promise((resolve) => older.once('close', () => resolve('closed')));
    older.publish('t', 'x', { qos: 1 });
    expect(await closed).toBe('closed');
    await broker.tried.called('client.disconnected', 2);
    const reasons = broker.tried.provider.of('client.disconnected').map(({ request }) => request.reason);
    expect(reasons).toStrictEqual(['implementation_specific_error', 'implementation_specific_error']);
    expect(await seen(broker)).toStrictEqual([]);
  });

  it('drops a message that is authorized and seen by message.publish all the same', async () => {
    const broker = await watched({ ingress: unlessMarker(dropped, ignore) }, options);
    const client = await broker.tried.connect({ clientId: 'a', protocolVersion: 5 });
    expect(await reasonOf(client, 't', 'x')).toBe(0x10);
    expect(broker.tried.provider.of('message.publish').length).toBe(1);
    expect(await seen(broker)).toStrictEqual([]);
  });

  it('makes releases that lack it call no hook at all', async () => {
    const tried = await aDevBroker({ hooks: withIngress });
    await tried.connect({ clientId: 'a' });
    expect(tried.provider.calls.map(({ hook }) => hook)).toStrictEqual(['provider.loaded']);
  });
});

describe.skipIf(isServerMissing('mosquitto_pub', 'mosquitto-clients'))('mosquitto_pub', () => {
  it.each([
    ['mqttv311', 'denied'],
    ['mqttv5', 'denied'],
    ['mqttv311', 'allowed'],
    ['mqttv5', 'allowed'],
  ])('with %s ends well when its message is %s', async (version, verdict) => {
    const broker = await watched(verdict === 'denied' ? denying : {});
    const args = [
      '-p',
      String(broker.tried.port),
      '-V',
      version,
      '-i',
      'mosq',
      '-q',
      '1',
      '-t',
      't',
      '-m',
      'x',
    ];
    await run('mosquitto_pub', args);
    expect(await seen(broker)).toStrictEqual(verdict === 'denied' ? [] : ['t x qos 1']);
  });

  it('with QoS 0 leaves at once, and its message is judged and told of in order', async () => {
    const { tried } = await watched({});
    await run('mosquitto_pub', ['-p', String(tried.port), '-i', 'mosq', '-t', 't', '-m', 'x']);
    await tried.called('session.terminated');
    const own = tried.provider.calls.filter(
      ({ request: { clientinfo, conninfo, message }, hook }) =>
        (clientinfo ?? conninfo)?.clientid === 'mosq' ||
        (hook === 'message.publish' && message.from === 'mosq'),
    );
    expect(own.map(({ hook }) => hook).slice(-4)).toStrictEqual([
      'client.authorize',
      'message.publish',
      'client.disconnected',
      'session.terminated',
    ]);
  });
});
