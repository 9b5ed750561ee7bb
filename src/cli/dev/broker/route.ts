/** Hands a message to its subscribers, and tells of one that has none. */
import type { Client, PublishPacket } from 'aedes';
import type { BrokerMessage, SentMessage } from './message.ts';
import { ask, type World } from './world.ts';

export interface Routed {
  readonly hasReceivers: boolean;
  /** Resolves when every call of message.delivered is answered: a fast publisher waits for them. */
  readonly delivered: Promise<unknown>;
}

/** @param packet as the client sent it: its properties and its retain flag go on. */
export async function route(
  world: World,
  client: Client,
  packet: Pick<PublishPacket, 'properties' | 'retain'>,
  message: BrokerMessage,
): Promise<Routed> {
  const deliveries: Promise<unknown>[] = [];
  const sent: SentMessage = { message, receivers: 0, deliveries };
  const payload = viewOf(message.payload);
  world.sent.set(payload, sent);
  const { topic, qos } = message;
  const routed = { ...packet, cmd: 'publish', topic, payload, qos, dup: false } as PublishPacket;
  await publish(world, client, routed);
  const delivered = Promise.all(deliveries);
  sent.deliveries = undefined;
  const hasReceivers = sent.receivers > 0 || (await isWanted(world, client, topic));
  if (!hasReceivers) {
    const fields = () => ({ message, reason: 'no_subscribers' });
    await ask(world, 'message.dropped', message.from, fields, topic);
  }
  return { hasReceivers, delivered };
}

function publish({ aedes }: World, client: Client, packet: PublishPacket): Promise<void> {
  // With the client, which its types leave out, and which keeps a message from a subscriber that sent it itself.
  const { publish: send } = aedes as unknown as {
    publish(packet: PublishPacket, client: Client, done: () => void): void;
  };
  return new Promise((resolve) => send.call(aedes, packet, client, () => resolve()));
}

/** By a session without a connection, or by the publisher itself, which does not want its own messages. */
async function isWanted({ storage, channels }: World, client: Client, topic: string): Promise<boolean> {
  return (await storage.hasSubscribers(topic)) || channels.get(client)?.grantedQos(topic) !== undefined;
}

/** A separate Buffer for each message, even an empty one: a message is found again by it. */
function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
