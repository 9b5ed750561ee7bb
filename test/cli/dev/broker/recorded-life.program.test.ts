/** The life that was recorded of EMQX 5.10.3, lived again with other clients: each must lead to the same calls. */
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { MqttClient } from 'mqtt';
import { expect, it } from 'vitest';
import { findRpc } from '../../../../src/protocol/wire/rpc.ts';
import { readRecording } from '../../../support/recordings.ts';
import { isServerMissing } from '../../../support/servers/process.ts';
import { aDevBroker, type Tried } from '../support/dev-broker.ts';

const run = promisify(execFile);

interface Call {
  readonly hook: string;
  // biome-ignore lint/suspicious/noExplicitAny: requests of all hooks.
  readonly request: any;
}

/** A client whose id the broker has assigned. */
const ASSIGNED = '(assigned)';
const isAssigned = (id: string) => id.startsWith('aedes_') || id === 'MGJB72LeuYJQs4qH';

function clientOf({ request }: Call): string {
  const { clientinfo, conninfo, message } = request;
  const id = clientinfo?.clientid ?? (conninfo === undefined ? message?.from : (conninfo.clientid ?? ''));
  return id === undefined ? '(broker)' : isAssigned(id) ? ASSIGNED : id;
}

/** What does not depend on the moment, the machine, or on what this broker can do. */
function factsOf({ hook, request }: Call): object {
  const {
    clientinfo = {},
    message,
    reason,
    topic,
    type,
    result,
    resultCode,
    topicFilters,
    conninfo = {},
  } = request;
  const { username, password } = { ...clientinfo, ...conninfo };
  const { protoVer, keepalive, protoName } = conninfo;
  const sent = message && { qos: message.qos, from: message.from, topic: message.topic };
  const body = message && { payload: message.payload ?? '', headers: message.headers };
  // CONNACK says what this broker can do.
  const { props, userProps } = hook === 'client.connack' ? {} : request;
  const names = { props: sortedOf(props), userProps: sortedOf(userProps) };
  const facts = {
    username,
    password,
    protoVer,
    protoName,
    keepalive,
    reason,
    topic,
    type,
    result,
    resultCode,
  };
  const all = { hook, ...facts, topicFilters, subopts: request.subopts, ...names, ...sent, ...body };
  // The retained message was on its way to `hash` when it left; here it asks for none.
  return JSON.parse(JSON.stringify(all).replaceAll('$share/g1/', '').replaceAll('{"rh":2}', '{}'));
}

function sortedOf(list: { name: string; value: string }[] = []): string[] {
  return list.map(({ name, value }) => `${name}: ${value}`).sort();
}

function byClient(calls: readonly Call[]): Record<string, object[]> {
  const clients: Record<string, object[]> = {};
  for (const call of calls) {
    const client = clientOf(call);
    clients[client] = [...(clients[client] ?? []), factsOf(call)];
  }
  return clients;
}

function recorded(): Call[] {
  return readRecording('emqx-5.10.3').map(({ path, message }) => ({
    hook: findRpc(path)?.hook ?? '',
    request: message,
  }));
}

/** What happened, told by the recording; the shared subscription is a plain one here. */
async function live(tried: Tried): Promise<void> {
  const { connect, called, provider } = tried;
  const v5 = { protocolVersion: 5 } as const;
  const acked = (times: number) => called('message.acked', times);
  const delivered = (times: number) => called('message.delivered', times);

  const subscriber = await connect({
    clientId: 'sub-a',
    username: 'alice',
    password: 's3cret',
    keepalive: 30,
  });
  await subscriber.subscribeAsync({ 't/a': { qos: 1 }, 't/b': { qos: 2 }, 't/c/#': { qos: 0 } });
  const publisher = await connect({ clientId: 'pub-a', username: 'bob', password: 'pw' });
  await publisher.publishAsync('t/a', 'hello-qos1', { qos: 1 });
  await acked(1);
  await publisher.publishAsync('t/b', 'hello-qos2', { qos: 2 });
  await acked(2);
  await publisher.publishAsync('t/c/x', 'hello-qos0');
  await delivered(3);
  await publisher.publishAsync('t/a', Buffer.from([0, 1, 2, 255, 254]), { qos: 1 });
  await acked(3);
  await publisher.publishAsync('t/c/empty', '');
  await delivered(5);
  await publisher.publishAsync('nobody/listens', 'lost', { qos: 1 });
  await publisher.publishAsync('t/a', 'retained', { qos: 1, retain: true });
  await acked(4);
  await subscriber.unsubscribeAsync('t/c/#');

  const carol = { ...v5, clientId: 'v5-client', username: 'carol', password: 'pw5' };
  const first = await connect({
    ...carol,
    clean: false,
    properties: {
      sessionExpiryInterval: 300,
      maximumPacketSize: 65_536,
      topicAliasMaximum: 5,
      receiveMaximum: 1,
      requestResponseInformation: true,
      requestProblemInformation: true,
      userProperties: { up1: 'v1', up2: ['a', 'b'] },
    },
    will: {
      topic: 'will/v5',
      payload: Buffer.from('bye'),
      qos: 1,
      properties: { willDelayInterval: 0, contentType: 'text/plain', userProperties: { w: '1' } },
    },
  });
  const su = { userProperties: { su: 'x' } };
  await first.subscribeAsync('sh/#', { qos: 1, properties: su });
  await first.subscribeAsync('v5/t', {
    qos: 1,
    nl: true,
    rap: true,
    rh: 1,
    properties: { ...su, subscriptionIdentifier: 42 },
  });
  await first.publishAsync('v5/t', 'no-local', { qos: 1 });
  const other = await connect({ ...v5, clientId: 'p5' });
  await other.publishAsync('v5/t', 'props', { qos: 1, properties: propertiesOfProps() });
  await acked(5);
  await other.publishAsync('sh/1', 'shared', { qos: 1 });
  await acked(6);
  await first.unsubscribeAsync('v5/t', { properties: { userProperties: { un: '1' } } });
  await called('session.unsubscribed', 2);

  const again = { ...carol, clean: false, properties: { sessionExpiryInterval: 300 } };
  const second = await connect(again);
  await called('session.takenover');
  destroy(second);
  await called('client.disconnected', 2);
  await other.publishAsync('sh/2', 'while-offline', { qos: 1 });
  await connect(again);
  await acked(7);
  const last = await connect({ ...v5, clientId: 'v5-client', clean: true });
  await called('client.connack', 7);
  await last.endAsync(false, { reasonCode: 4 });

  const dup = { clientId: 'dup' };
  await connect(dup);
  await called('client.connack', 8);
  const winner = await connect(dup);
  await called('client.connack', 9);
  await winner.endAsync();
  const killed = await connect({
    clientId: 'killed',
    will: { topic: 'will/v3', payload: Buffer.from('dead'), qos: 0 },
  });
  await called('client.connack', 10);
  destroy(killed);
  await called('message.dropped', 3);

  const unnamed = await connect({ ...v5, clientId: '' });
  await called('client.connack', 11);
  await unnamed.endAsync();
  const hash = await connect({ ...v5, clientId: 'hash' });
  // Disconnected before the retained message came.
  await hash.subscribeAsync('#', { qos: 0, rh: 2 });
  for (const client of [hash, subscriber, publisher, other]) await client.endAsync();

  const at = ['-h', '127.0.0.1', '-p', String(tried.port)];
  const listening = spawn('mosquitto_sub', [...at, '-i', 'mosq-sub', '-t', 'm/#', '-q', '1', '-C', '1']);
  const left = new Promise((resolve) => listening.once('close', resolve));
  await called('session.subscribed', provider.of('session.subscribed').length + 1);
  const message = ['-t', 'm/1', '-m', 'from mosquitto', '-q', '1', '-u', 'mu', '-P', 'mp'];
  await run('mosquitto_pub', [...at, '-i', 'mosq-pub', ...message]);
  await left;
  await called('session.terminated', 10);
  await tried.close();
}

function propertiesOfProps() {
  return {
    correlationData: Buffer.from('corr-1'),
    responseTopic: 'reply/here',
    messageExpiryInterval: 120,
    payloadFormatIndicator: true,
    contentType: 'application/json',
    userProperties: { k1: 'v1', k2: ['x', 'y'] },
  };
}

function destroy(client: MqttClient): void {
  client.stream.destroy();
}

const hasNoMosquitto = isServerMissing('mosquitto_pub', 'mosquitto-clients');

it.skipIf(hasNoMosquitto)(
  'A scripted life leads, client by client, to the calls that EMQX 5.10.3 made in it',
  async () => {
    const tried = await aDevBroker({ likeEmqx: true });
    await live(tried);
    const found = byClient(tried.provider.calls);
    const expected = byClient(recorded());
    expect(Object.keys(found).sort()).toStrictEqual(Object.keys(expected).sort());
    for (const client of Object.keys(expected))
      expect([client, found[client]]).toEqual([client, expected[client]]);
    expect(tried.failures).toStrictEqual([]);
  },
);

it('Every call has the headers that EMQX sends, and no others', async () => {
  const tried = await aDevBroker();
  const client = await tried.connect({ clientId: 'a' });
  await client.endAsync();
  await tried.called('session.terminated');
  const [sample] = readRecording('emqx-5.10.3').filter(({ path }) => path.endsWith('/OnClientConnect'));
  const [call] = tried.provider.of('client.connect');
  expect(call?.headers).toStrictEqual({ ...sample?.headers, 'grpc-timeout': '20S' });
});
