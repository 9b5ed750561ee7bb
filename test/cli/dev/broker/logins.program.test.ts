/** Logins and sessions at the dev broker, with MQTT.js. */
import { connect as connectSocket } from 'node:net';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { until } from '../../../support/until.ts';
import { aDevBroker, connectTo, type Tried } from '../support/dev-broker.ts';
import { type Answer, deny, everyHook, ignore, type SeenCall } from '../support/fake-provider.ts';

const versions = [4, 5] as const;

/** Answers logins; allows all else. */
const logins =
  (answer: Answer) =>
  ({ hook }: SeenCall): Answer =>
    hook === 'client.authenticate' ? answer : ignore;

/** @returns the code of CONNACK, or 0 when the login succeeds. */
async function codeOf(tried: Tried, protocolVersion: 4 | 5, options = {}): Promise<number> {
  try {
    await tried.connect({ protocolVersion, clientId: 'a', username: 'u', password: 'p', ...options });
    return 0;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

const hooksOf = (tried: Tried) => tried.provider.calls.map(({ hook }) => hook);

describe.each(versions)('a login with MQTT version %s', (version) => {
  const refused = version === 5 ? 135 : 5;

  it.each<[string, Answer, string]>([
    ['is denied', deny, '5.10.3'],
    ['fails with a status', { status: 13 }, '5.10.3'],
    ['is ignored on a release before 5.9', ignore, '5.3.2'],
  ])('is refused when it %s, and the provider hears of nothing but the CONNACK', async (_, answer, as) => {
    const tried = await aDevBroker({ answer: logins(answer), as });
    expect(await codeOf(tried, version)).toBe(refused);
    await tried.called('client.connack');
    expect(hooksOf(tried)).toStrictEqual([
      'provider.loaded',
      'client.connect',
      'client.authenticate',
      'client.connack',
    ]);
    expect(tried.provider.of('client.connack')[0]?.request.resultCode).toBe('not_authorized');
  });

  it('is refused when there is no answer in time', async () => {
    const tried = await aDevBroker({ answer: logins('silence'), timeout: 200 });
    expect(await codeOf(tried, version)).toBe(refused);
    expect(tried.failures).toStrictEqual(['client.authenticate: no answer within 200 ms']);
  });

  it('is admitted by itself when it is ignored from 5.9 on', async () => {
    expect(await codeOf(await aDevBroker({ answer: logins(ignore) }), version)).toBe(0);
  });

  it('is admitted when the provider did not ask for it', async () => {
    const hooks = everyHook.filter(({ name }) => name !== 'client.authenticate');
    const tried = await aDevBroker({ hooks, answer: logins(deny) });
    expect(await codeOf(tried, version)).toBe(0);
    expect(tried.provider.of('client.authenticate')).toStrictEqual([]);
  });

  it('with a password that is not UTF-8 is refused without a call, as EMQX cannot encode it', async () => {
    const tried = await aDevBroker();
    expect(await codeOf(tried, version, { password: Buffer.from([0xff, 0xfe]) })).toBe(refused);
    expect(tried.provider.of('client.authenticate')).toStrictEqual([]);
  });
});

it('The password is told to client.authenticate, and to no other call', async () => {
  const tried = await aDevBroker();
  const client = await tried.connect({ username: 'u', password: 'the-secret' });
  await client.publishAsync('t', 'x', { qos: 1 });
  await tried.close();
  const tellers = tried.provider.calls.filter(({ request }) =>
    JSON.stringify(request).includes('the-secret'),
  );
  expect(tellers.map(({ hook }) => hook)).toStrictEqual(['client.authenticate']);
});

it('A client over WebSocket is described by its own address', async () => {
  const tried = await aDevBroker();
  const client = await connectTo(`ws://127.0.0.1:${tried.broker.ws}/mqtt`, { clientId: 'w' });
  await client.publishAsync('t', 'x', { qos: 1 });
  const [call] = tried.provider.of('client.connected');
  expect(call?.request.clientinfo).toMatchObject({ peerhost: '127.0.0.1', sockport: tried.broker.ws });
  expect(call?.request.clientinfo.peerport).toBeGreaterThan(0);
});

it.each([
  ['https://evil.example', false],
  ['null', false],
  ['http://localhost.evil.example', false],
  ['http://localhost:3000', true],
  ['http://127.0.0.1:9002', true],
])('A web page of %s may open a WebSocket: %s', async (origin, mayConnect) => {
  const tried = await aDevBroker();
  const socket = new WebSocket(`ws://127.0.0.1:${tried.broker.ws}/mqtt`, 'mqtt', { origin });
  const isOpen = await new Promise((resolve) => {
    socket.once('open', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.terminate();
  expect(isOpen).toBe(mayConnect);
  expect(tried.said.length).toBe(mayConnect ? 0 : 1);
});

it('A CONNECT with an unknown version of the protocol is refused, and the broker goes on', async () => {
  const tried = await aDevBroker();
  const socket = connectSocket(tried.port, '127.0.0.1')
    .on('error', () => {})
    .resume();
  const packet = generate({
    cmd: 'connect',
    clientId: 'x',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
  });
  packet[8] = 9;
  socket.write(packet);
  await new Promise((resolve) => socket.once('close', resolve));
  await tried.connect();
});

describe('a session', () => {
  const persistent = { clientId: 'p', clean: false } as const;

  it('is resumed with its subscriptions, about which nobody is asked again', async () => {
    const tried = await aDevBroker();
    const first = await tried.connect(persistent);
    await first.subscribeAsync('t/#', { qos: 1 });
    await first.endAsync();
    const sender = await tried.connect({ clientId: 's' });
    await sender.publishAsync('t/1', 'waited', { qos: 1 });
    const asked = tried.provider.of('client.authorize').length;
    const got: string[] = [];
    // Before CONNACK: what waited comes at once.
    const second = await connectTo(`mqtt://127.0.0.1:${tried.port}`, persistent);
    second.on('message', (_topic, payload) => got.push(String(payload)));
    await tried.called('message.acked');
    await sender.publishAsync('t/2', 'new', { qos: 1 });
    await tried.called('message.acked', 2);
    expect(tried.provider.of('session.resumed').length).toBe(1);
    expect(tried.provider.of('message.dropped')).toStrictEqual([]);
    expect(tried.provider.of('client.authorize').length - asked).toBe(1);
  });

  it('that expires is told of', async () => {
    const tried = await aDevBroker();
    const properties = { sessionExpiryInterval: 1 };
    const client = await tried.connect({ clientId: 'e', protocolVersion: 5, clean: false, properties });
    await client.endAsync();
    await tried.called('session.terminated');
    expect(tried.provider.of('session.terminated')[0]?.request.reason).toBe('{shutdown,expired}');
  });

  it('ends when the broker stops, and the provider hears of it before it is unloaded', async () => {
    const tried = await aDevBroker();
    await tried.connect({ clientId: 'c' });
    await tried.called('client.connack');
    await tried.close();
    expect(hooksOf(tried).slice(-3)).toStrictEqual([
      'client.disconnected',
      'session.terminated',
      'provider.unloaded',
    ]);
    expect(tried.provider.of('client.disconnected')[0]?.request.reason).toBe('server_shutting_down');
  });
});

it('The calls of one client share one of eight connections', async () => {
  const tried = await aDevBroker();
  for (let i = 0; i < 40; i++) {
    const client = await tried.connect({ clientId: `c-${i}` });
    await client.endAsync();
  }
  await tried.called('session.terminated', 40);
  const connections = new Map<string, Set<number>>();
  for (const { request, connection } of tried.provider.calls) {
    const id = (request.clientinfo ?? request.conninfo)?.clientid;
    if (id !== undefined) connections.set(id, new Set([...(connections.get(id) ?? []), connection]));
  }
  expect([...connections.values()].every(({ size }) => size === 1)).toBe(true);
  expect(new Set([...connections.values()].flatMap((set) => [...set])).size).toBe(8);
});

it('A provider that comes back is called again, on new connections', async () => {
  const tried = await aDevBroker({ timeout: 500 });
  await tried.connect({ clientId: 'a' });
  await until('the first connack', () => tried.provider.of('client.connack').length === 1);
  tried.provider.disconnect();
  await tried.connect({ clientId: 'a' });
  await tried.called('client.connack', 2);
});
