/** Messages on their way to subscribers, and what these acknowledge. */
import type { AedesPublishPacket, Client } from 'aedes';
import { takePacketId } from './aedes-internals.ts';
import type { Channel } from './channel.ts';
import type { SentMessage } from './message.ts';
import { tell, type World } from './world.ts';

export interface Deliveries {
  authorizeForward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null;
}

export function createDeliveries(world: World): Deliveries {
  return {
    authorizeForward(client, packet) {
      const channel = world.channels.get(client);
      const sent = world.sent.get(packet.payload as Buffer);
      if (channel === undefined) return packet;
      packet.qos = Math.min(packet.qos, channel.grantedQos(packet.topic) ?? packet.qos) as 0 | 1 | 2;
      // aedes publishes below $SYS itself: EMQX reports none of that.
      if (sent !== undefined) noteDelivery(world, channel, packet, sent);
      return packet;
    },
  };
}

function noteDelivery(world: World, channel: Channel, packet: AedesPublishPacket, sent: SentMessage): void {
  sent.receivers++;
  const message = { ...sent.message, qos: packet.qos };
  if (packet.qos > 0) {
    packet.messageId ||= takePacketId(channel.client);
    channel.sent(packet.messageId, { message, receivers: 0, deliveries: undefined });
  }
  const fields = () => ({ clientinfo: channel.clientInfo, message });
  const told = tell(world, channel, 'message.delivered', fields, message.topic);
  sent.deliveries?.push(told);
}

/** PUBACK and PUBCOMP. */
export function tellAcked(world: World, client: Client, packetId: number): void {
  const channel = world.channels.get(client);
  const acked = channel?.acknowledge(packetId);
  if (channel === undefined || acked === undefined) return;
  const { message } = acked;
  const fields = () => ({ clientinfo: channel.clientInfo, message });
  void tell(world, channel, 'message.acked', fields, message.topic);
}
