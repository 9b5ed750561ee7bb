/** The built program with sinks of every kind: their libraries must be found, and work, from the bundle. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sinkKinds } from '../../src/sinks/kinds.ts';
import { isKafkaMissing, startKafka } from '../support/servers/kafka.ts';
import { isMosquittoMissing, startMosquitto } from '../support/servers/mosquitto.ts';
import { isRabbitmqMissing } from '../support/servers/rabbitmq.ts';
import { sharedPort } from '../support/servers/shared.ts';
import { root } from '../support/source.ts';
import { exhook, startServer, temporaryFile } from './support/program.ts';

/** Systems that nobody runs: sinks open without waiting for theirs. */
const options: Readonly<Record<string, string>> = {
  stdout: '{}',
  file: '{ path: ./events.jsonl }',
  http: '{ url: "http://127.0.0.1:1/" }',
  nats: '{ servers: ["nats://127.0.0.1:1"], stream: { name: EVENTS } }',
  kafka: '{ brokers: ["127.0.0.1:1"], compression: lz4 }',
  redis: '{ url: "redis://127.0.0.1:1" }',
  postgres: '{ host: 127.0.0.1, port: 1, database: db, user: u }',
  rabbitmq: '{ host: 127.0.0.1, port: 1, user: u, password: p }',
  mqtt: '{ host: 127.0.0.1, port: 1 }',
  module: '{ path: ./sink.mjs }',
};

const configOf = (kind: string, given: string) => `
sinks: { one: { ${kind}: ${given}, queue: { retry: { max: 200ms } } } }
events:
  stdout: "off"
  routes: [{ hooks: [message.publish], to: one }]
drain: { timeout: 5s }
`;

describe('the built program', () => {
  it.each(sinkKinds)('opens a sink of the kind $name', async ({ name: kind }) => {
    const given = options[kind] ?? '{}';
    const path = temporaryFile('sink.mjs', 'export default async () => ({ write() {}, async close() {} });');
    const config = temporaryFile('exhook.yaml', configOf(kind, given.replace('./sink.mjs', path)));
    const running = await startServer(['--config', config]);
    expect((await running.stop()).code).toBe(0);
  });

  /** Replays a recording to a server with that sink, and ends it, which empties the queue. */
  async function deliver(kind: string, given: string): Promise<void> {
    const running = await startServer(['--config', temporaryFile('exhook.yaml', configOf(kind, given))]);
    const recording = join(root, 'test/fixtures/recordings/emqx-5.10.3.jsonl');
    expect((await exhook(['replay', '--summary', '--url', running.url, recording])).code).toBe(0);
    expect((await running.stop()).code).toBe(0);
  }

  it.skipIf(isKafkaMissing)('delivers to Kafka', async () => {
    const server = await startKafka();
    const given = `{ brokers: ["127.0.0.1:${server.port}"], createTopics: {}, compression: lz4 }`;
    await deliver('kafka', given);
    expect((await server.read('mqtt.events')).length).toBeGreaterThan(0);
    await server.close();
  });

  it.skipIf(isRabbitmqMissing)(
    'delivers to RabbitMQ',
    async () => {
      const { user, password } = await import('../support/servers/rabbitmq.ts');
      const { connect } = await import('amqplib');
      const port = await sharedPort('rabbitmq');
      const login = `user: ${user}, password: ${JSON.stringify(password)}`;
      await deliver(
        'rabbitmq',
        `{ host: 127.0.0.1, port: ${port}, ${login}, exchange: of-a-program, declare: { queue: of-a-program } }`,
      );
      const connection = await connect({
        hostname: '127.0.0.1',
        port,
        username: user,
        password,
      });
      const channel = await connection.createChannel();
      expect((await channel.checkQueue('of-a-program')).messageCount).toBeGreaterThan(0);
      await connection.close();
    },
    120_000,
  );

  it.skipIf(isMosquittoMissing)('delivers to another MQTT broker', async () => {
    const { user, password } = await import('../support/servers/mosquitto.ts');
    const { connectAsync } = await import('mqtt');
    const server = await startMosquitto();
    const login = { username: user, password };
    const reader = await connectAsync({ host: '127.0.0.1', port: server.port, protocolVersion: 5, ...login });
    let count = 0;
    reader.on('message', () => count++);
    await reader.subscribeAsync('bridge/#', { qos: 1 });
    const given = `user: ${user}, password: ${JSON.stringify(password)}, topic: bridge/events`;
    await deliver('mqtt', `{ host: 127.0.0.1, port: ${server.port}, ${given} }`);
    await expect.poll(() => count, { timeout: 20_000 }).toBeGreaterThan(0);
    await reader.endAsync(true);
    await server.close();
  });
});
