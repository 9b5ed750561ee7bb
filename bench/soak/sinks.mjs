/** The servers behind the two sinks, and readers that keep up with them and remove what they have read. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { createClient } from '@redis/client';
import { freePort } from '../../scripts/free-port.mjs';
import { isListening, restartable } from '../../test/loss/processes.mjs';
import { REDIS_STREAM, SUBJECT } from './configuration.mjs';

const STREAM = 'HISTORY';
/** Milliseconds between two removals. */
const PURGE = 10_000;

/** @param {(data: object) => void} onEvent gets the `data` of each event of the stream, in order */
export async function startNats(onEvent) {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-soak-nats-'));
  const port = await freePort();
  const args = ['-js', '-sd', directory, '-a', '127.0.0.1', '-p', `${port}`];
  const server = restartable('nats-server', args, { isReady: () => isListening(port) });
  await server.start();
  const client = await connect({ servers: `127.0.0.1:${port}`, maxReconnectAttempts: -1 });
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: STREAM, subjects: [`${SUBJECT}.>`], storage: 'file' });
  const consumer = await jetstream(client).consumers.get(STREAM, { deliver_policy: DeliverPolicy.All });
  const messages = await consumer.consume({ max_messages: 2_000 });
  let read = 0;
  const reading = (async () => {
    for await (const message of messages) {
      onEvent(message.json().data);
      read = message.seq;
    }
  })();
  const purge = setInterval(() => {
    if (read > 1) manager.streams.purge(STREAM, { seq: read }).catch(() => {});
  }, PURGE);
  return {
    port,
    get pid() {
      return server.pid;
    },
    async close() {
      clearInterval(purge);
      await messages.close().catch(() => {});
      await reading.catch(() => {});
      await client.close().catch(() => {});
      await server.end('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** @param {(data: object) => void} onEvent */
export async function startRedis(onEvent) {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-soak-redis-'));
  const port = await freePort();
  const args = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const server = restartable('redis-server', args, { isReady: () => isListening(port) });
  await server.start();
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  client.on('error', () => {});
  await client.connect();
  let isOpen = true;
  const reading = follow(client, onEvent, () => isOpen).catch(() => {});
  return {
    port,
    get pid() {
      return server.pid;
    },
    async close() {
      isOpen = false;
      await reading;
      client.destroy();
      await server.end('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function follow(client, onEvent, isOpen) {
  let last = '0';
  while (isOpen()) {
    const entries = await client.xRange(REDIS_STREAM, last === '0' ? '-' : `(${last}`, '+', { COUNT: 1_000 });
    for (const { id, message } of entries) {
      onEvent(JSON.parse(message.data).data);
      last = id;
    }
    if (entries.length > 0) await client.xTrim(REDIS_STREAM, 'MINID', last);
    else await sleep(50);
  }
}
