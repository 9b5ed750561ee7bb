/** A NATS server with a stream on disk, and its contents at the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { freePort } from '../../scripts/free-port.mjs';
import { isListening, restartable } from './processes.mjs';

export const STREAM = 'HISTORY';
export const SUBJECT = 'history';

export async function startNats() {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-loss-nats-'));
  const port = await freePort();
  const args = ['-js', '-sd', directory, '-a', '127.0.0.1', '-p', `${port}`];
  const server = restartable('nats-server', args, { isReady: () => isListening(port) });
  await server.start();
  await withClient(port, async (client) => {
    const manager = await jetstreamManager(client);
    await manager.streams.add({ name: STREAM, subjects: [`${SUBJECT}.>`], storage: 'file' });
  });
  return {
    port,
    ...server,
    get pid() {
      return server.pid;
    },
    /** @returns every event in the order of the stream: whose it is, and the id of its message */
    read: () => withClient(port, readAll),
    async close() {
      await server.end('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function withClient(port, work) {
  const client = await connect({ servers: `127.0.0.1:${port}` });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

async function readAll(client) {
  const manager = await jetstreamManager(client);
  const { state } = await manager.streams.info(STREAM);
  if (state.messages === 0) return [];
  await manager.consumers.add(STREAM, { name: 'reader', ack_policy: AckPolicy.None });
  const consumer = await jetstream(client).consumers.get(STREAM, 'reader');
  const held = [];
  const messages = await consumer.consume({ max_messages: 5_000 });
  for await (const message of messages) {
    const { data } = JSON.parse(new TextDecoder().decode(message.data));
    held.push({ client: data.message.from, id: data.message.id });
    if (held.length === state.messages) break;
  }
  await manager.consumers.delete(STREAM, 'reader');
  return held;
}
