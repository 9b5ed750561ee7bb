/** A broker of Kafka that ends a connection in the midst of a login. */

import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import * as library from '@platformatic/kafka';
import { afterEach, describe, expect, it } from 'vitest';
import { KafkaClient } from '../../src/sinks/kafka/connection.ts';
import { Kafka } from '../../src/sinks/kafka/declaration.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(talk: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    talk(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function aClient(port: number): KafkaClient {
  const sasl = { mechanism: 'plain', user: 'u', password: 'p' };
  const options = Kafka.parse({ brokers: [`127.0.0.1:${port}`], sasl, createTopics: {} });
  const connection = {
    clientId: 'test',
    bootstrapBrokers: [`127.0.0.1:${port}`],
    connectTimeout: 2000,
    requestTimeout: 2000,
    timeout: 2000,
    sasl: { mechanism: 'PLAIN', username: 'u', password: 'p' } as const,
  };
  return new KafkaClient(library, connection, options);
}

describe('a login that is broken off', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['by the end of the connection', (socket) => void socket.once('data', () => socket.end())],
    ['by a reset', (socket) => void socket.once('data', () => socket.resetAndDestroy())],
    [
      'by an answer that is none',
      (socket) =>
        void socket.once('data', (chunk) => {
          socket.write(chunk);
          socket.end();
        }),
    ],
  ])('fails the call, and not the process: %s', async (_, talk) => {
    const client = aClient(await listen(talk));
    // Were the failure told to nobody, the test would end with an uncaught error.
    await expect(client.countPartitions(['t'])).rejects.toThrow();
    await expect(client.createTopics(['t'])).rejects.toThrow();
    await client.close();
  });
});
