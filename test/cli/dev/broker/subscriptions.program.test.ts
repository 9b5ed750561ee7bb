/** SUBSCRIBE and UNSUBSCRIBE at the dev broker. */
import { connect as connectSocket } from 'node:net';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { aDevBroker } from '../support/dev-broker.ts';
import { allow, deny, type SeenCall } from '../support/fake-provider.ts';

const denySecret = ({ hook, request }: SeenCall) =>
  hook === 'client.authorize' && request.topic.startsWith('secret') ? deny : allow;

describe.each([4, 5] as const)('a subscription with MQTT version %s', (protocolVersion) => {
  it('that is denied is refused, and the others of its packet are not', async () => {
    const tried = await aDevBroker({ answer: denySecret });
    const client = await tried.connect({ clientId: 'a', protocolVersion });
    const asked = client.subscribeAsync(['open', 'secret/#'], { qos: 1 });
    // MQTT.js makes an error of a refusal for MQTT 5.
    const granted = await asked.catch((error: { packet: unknown }) => error.packet);
    expect(JSON.stringify(granted)).toContain(protocolVersion === 5 ? '135' : '128');
    await tried.called('session.subscribed');
    const [subscribe] = tried.provider.of('client.subscribe');
    expect(subscribe?.request.topicFilters.map(({ name }: { name: string }) => name)).toStrictEqual(['open']);
    expect(tried.provider.of('session.subscribed').map(({ request }) => request.topic)).toStrictEqual([
      'open',
    ]);
    const other = await tried.connect({ clientId: 'b' });
    await other.publishAsync('secret/1', 'x', { qos: 1 });
    expect(tried.provider.of('message.delivered')).toStrictEqual([]);
  });

  it('that is shared is refused without a call, which is said once', async () => {
    const tried = await aDevBroker();
    const client = await tried.connect({ clientId: 'a', protocolVersion });
    for (const group of ['g', 'h']) await client.subscribeAsync(`$share/${group}/t`).catch(() => {});
    expect(tried.provider.of('client.authorize')).toStrictEqual([]);
    if (protocolVersion === 4) expect(tried.said.length).toBe(1);
  });
});

it.each(['a+', 'a/#/b', 'a#', '', 'a\0b'])(
  'A client that subscribes to %j is disconnected',
  async (topic) => {
    const tried = await aDevBroker();
    const socket = connectSocket(tried.port, '127.0.0.1')
      .on('error', () => {})
      .resume();
    socket.write(
      generate({ cmd: 'connect', clientId: 'x', protocolId: 'MQTT', protocolVersion: 4, clean: true }),
    );
    await tried.called('client.connack');
    const body = Buffer.concat([Buffer.from([0, 1, 0, topic.length]), Buffer.from(topic), Buffer.from([0])]);
    socket.write(Buffer.concat([Buffer.from([0x82, body.length]), body]));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(tried.provider.of('client.authorize')).toStrictEqual([]);
  },
);

describe('a verdict about a topic', () => {
  const usesOf = async (likeEmqx: boolean) => {
    const tried = await aDevBroker({ likeEmqx });
    const client = await tried.connect({ clientId: 'a' });
    for (const topic of ['t', 't', 't']) await client.publishAsync(topic, 'x', { qos: 1 });
    await client.publishAsync('t', 'x', { qos: 1, retain: true });
    return tried.provider.of('client.authorize').length;
  };

  it('is asked for each time, so that a changed policy shows at once', async () => {
    expect(await usesOf(false)).toBe(4);
  });

  it('is remembered with --like-emqx, by topic, QoS and retain flag', async () => {
    expect(await usesOf(true)).toBe(2);
  });
});

it('EMQX 5.3 is told which filters are gone by session.unsubscribed only', async () => {
  const tried = await aDevBroker({ as: '5.3.2' });
  const client = await tried.connect({ clientId: 'a' });
  await client.subscribeAsync('t', { qos: 1 });
  await client.unsubscribeAsync('t');
  await tried.called('session.unsubscribed');
  expect(tried.provider.of('client.unsubscribe')[0]?.request.topicFilters ?? []).toStrictEqual([]);
  expect(tried.provider.of('session.unsubscribed')[0]?.request.topic).toBe('t');
  expect(tried.provider.of('client.subscribe')[0]?.request.topicFilters).toStrictEqual([
    { name: 't', qos: 1 },
  ]);
});

it('What a client never subscribed to is unsubscribed without a session.unsubscribed', async () => {
  const tried = await aDevBroker();
  const client = await tried.connect({ clientId: 'a' });
  await client.unsubscribeAsync('never');
  await tried.called('client.unsubscribe');
  await client.endAsync();
  await tried.called('session.terminated');
  expect(tried.provider.of('session.unsubscribed')).toStrictEqual([]);
});
