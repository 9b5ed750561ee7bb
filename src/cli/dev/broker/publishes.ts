/** PUBLISH, and wills. */
import type { Client, PublishPacket } from 'aedes';
import { acknowledge } from './acknowledge.ts';
import { takeOver } from './aedes-internals.ts';
import type { Channel } from './channel.ts';
import { judge } from './judge.ts';
import { awaitSuccessor } from './logins.ts';
import type { BrokerMessage, Publication } from './message.ts';
import { Reason } from './reasons.ts';
import { type Routed, route } from './route.ts';
import type { World } from './world.ts';

export interface Publishes {
  authorizePublish(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void;
}

export function createPublishes(world: World): Publishes {
  return {
    authorizePublish(client, packet, done) {
      const channel = client && world.channels.get(client);
      if (!channel) return done(new Error('the message has no sender'));
      // A will of CONNECT has no kind of packet.
      if (packet.cmd === undefined) {
        awaitSuccessor(channel);
        // All is done here: aedes forgets the will when it is refused.
        void channel.lane
          .run(() => publishWill(world, channel, packet))
          .then(() => done(new Error('published')));
        return;
      }
      takeOver(packet);
      const isAgain = isRepeated(channel, packet);
      const published = channel.lane.run(() =>
        isAgain ? publishAgain(channel, packet) : publish(world, channel, packet),
      );
      void published.then((routed) => routed?.delivered).then(() => done(), done);
    },
  };
}

/** Whether it is sent again, since our PUBREC was lost. */
function isRepeated({ unreleased }: Channel, { qos, messageId = 0 }: PublishPacket): boolean {
  if (qos !== 2) return false;
  if (unreleased.has(messageId)) return true;
  unreleased.add(messageId);
  return false;
}

function publishAgain(channel: Channel, packet: PublishPacket): undefined {
  acknowledge(channel, packet, Reason.SUCCESS);
  return undefined;
}

/** @returns nothing when it is not routed. */
async function publish(world: World, channel: Channel, packet: PublishPacket): Promise<Routed | undefined> {
  const judgement = await judge(world, {
    channel,
    publication: publicationOf(packet),
    headers: channel.messageHeaders,
    retain: packet.retain ? (message) => keepRetained(world, message, packet) : undefined,
  });
  if (judgement.kind === 'rejected') return reject(channel);
  if (judgement.kind === 'refused') {
    // A client of MQTT 5 does not release what was refused.
    if (channel.protocolVersion === 5) channel.unreleased.delete(packet.messageId ?? 0);
    acknowledge(channel, packet, Reason.NOT_AUTHORIZED);
    return undefined;
  }
  const routed =
    judgement.kind === 'routed' ? await route(world, channel.client, packet, judgement.message) : undefined;
  acknowledge(channel, packet, routed?.hasReceivers ? Reason.SUCCESS : Reason.NO_MATCHING_SUBSCRIBERS);
  return routed;
}

async function publishWill(world: World, channel: Channel, will: PublishPacket): Promise<void> {
  const judgement = await judge(world, {
    channel,
    publication: publicationOf(will),
    headers: channel.willHeaders,
    retain: will.retain ? (message) => keepRetained(world, message, will) : undefined,
  });
  if (judgement.kind === 'routed') await route(world, channel.client, will, judgement.message);
}

function reject(channel: Channel): undefined {
  channel.reason = 'implementation_specific_error';
  channel.client.disconnect({ reasonCode: Reason.IMPLEMENTATION_SPECIFIC_ERROR });
  return undefined;
}

function publicationOf({ topic, qos = 0, payload, properties }: PublishPacket): Publication {
  return { topic, qos, payload: Buffer.isBuffer(payload) ? payload : Buffer.from(payload ?? ''), properties };
}

async function keepRetained(
  { storage, sent }: World,
  message: BrokerMessage,
  { properties }: PublishPacket,
): Promise<void> {
  const payload = Buffer.from(message.payload);
  sent.set(payload, { message, receivers: 0, deliveries: undefined });
  const expiry = properties?.messageExpiryInterval;
  await storage.retain({
    cmd: 'publish',
    topic: message.topic,
    qos: message.qos,
    payload,
    retain: true,
    properties,
    ...(expiry !== undefined && expiry > 0 && { messageExpiry: Number(message.timestamp) + expiry * 1_000 }),
  });
}
