/** Reads a JetStream stream with its own client. */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type ConnectionOptions, connect, type MsgHdrs } from '@nats-io/transport-node';
import type { Received } from '../../../src/sink-contract.ts';

/** Returns all messages of a stream in order; none if the stream does not exist. */
export async function readStream(options: ConnectionOptions, stream: string): Promise<Received[]> {
  const connection = await connect(options);
  try {
    const manager = await jetstreamManager(connection);
    const info = await manager.streams.info(stream).catch(() => undefined);
    if (info === undefined || info.state.messages === 0) return [];
    const consumer = await jetstream(connection).consumers.get(stream);
    const received: Received[] = [];
    for await (const message of await consumer.consume()) {
      received.push(toReceived(message.subject, message.data, message.headers));
      if (message.info.pending === 0) break;
    }
    return received;
  } finally {
    await connection.close();
  }
}

function toReceived(subject: string, data: Uint8Array, headers: MsgHdrs | undefined): Received {
  const contentType = headers?.get('content-type') || undefined;
  const names = (headers?.keys() ?? []).filter((name) => name.startsWith('ce-'));
  const read = (name: string) => decodeURIComponent(headers?.get(name) ?? '');
  return {
    id: read('Nats-Msg-Id'),
    contentType,
    body: data,
    target: subject,
    ...(names.length > 0 && {
      attributes: Object.fromEntries(names.map((name) => [name.slice(3), read(name)])),
    }),
  };
}
