/** PUBACK and PUBREC, when a message has been judged and routed. */
import { writeToStream } from 'mqtt-packet';
import type { Channel } from './channel.ts';

export interface Acknowledgeable {
  readonly qos: number;
  readonly messageId?: number | undefined;
}

/** @param reasonCode for clients of MQTT 5; others learn only that the message has arrived. */
export function acknowledge(
  { client, protocolVersion }: Channel,
  { qos, messageId }: Acknowledgeable,
  reasonCode: number,
): void {
  if (qos === 0 || messageId === undefined || client.closed || client.conn.destroyed) return;
  const cmd = qos === 1 ? 'puback' : 'pubrec';
  const packet = { cmd, messageId, ...(protocolVersion === 5 && { reasonCode }) } as const;
  writeToStream(packet, client.conn, { protocolVersion });
}
