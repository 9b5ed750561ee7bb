// Prints the contents of the stream: node examples/history-nats/show.mjs [nats://127.0.0.1:4222]
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const client = await connect({ servers: process.argv[2] ?? 'nats://127.0.0.1:4222' });
const manager = await jetstreamManager(client);
const { state } = await manager.streams.info('HISTORY');
const { name } = await manager.consumers.add('HISTORY', { ack_policy: AckPolicy.None });
const consumer = await jetstream(client).consumers.get('HISTORY', name);
for (let left = state.messages; left > 0; left--) {
  const message = await consumer.next();
  if (message === null) break;
  const { data } = JSON.parse(new TextDecoder().decode(message.data));
  process.stdout.write(`${message.subject}  from ${data.message.from}  qos ${data.message.qos}\n`);
}
process.stdout.write(`${state.messages} messages\n`);
await manager.consumers.delete('HISTORY', name);
await client.close();
