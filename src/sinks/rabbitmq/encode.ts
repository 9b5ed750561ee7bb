/** Encodes a delivery as a message of AMQP 0-9-1. */
import { createHash } from 'node:crypto';
import type { Options } from 'amqplib';
import type { Delivery } from '../delivery.ts';
import { MAX_SHORT_BYTES } from './declaration.ts';

export interface Publication {
  readonly routingKey: string;
  readonly content: Buffer;
  readonly options: Options.Publish;
}

/** Of the CloudEvents AMQP binding, section 3.1.1; headers of AMQP 0-9-1 are its application properties. */
const PREFIX = 'cloudEvents:';

/** Returns why a routing key cannot be sent, or undefined. */
export function findRoutingProblem(routingKey: string): string | undefined {
  return Buffer.byteLength(routingKey) <= MAX_SHORT_BYTES
    ? undefined
    : `the routing key is longer than the ${MAX_SHORT_BYTES} bytes that AMQP allows`;
}

export function toPublication(delivery: Delivery, routingKey: string, mandatory: boolean): Publication {
  const { id, body, contentType, format } = delivery;
  return {
    routingKey,
    content: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    options: {
      persistent: true,
      mandatory,
      messageId: toMessageId(id),
      ...(Buffer.byteLength(contentType) <= MAX_SHORT_BYTES && { contentType }),
      ...(format === 'binary' && { headers: headersOf(delivery) }),
    },
  };
}

/** The id or, if it is too long for the property, a substitute: the attributes contain all of it. */
export function toMessageId(id: string): string {
  return Buffer.byteLength(id) <= MAX_SHORT_BYTES
    ? id
    : `sha256:${createHash('sha256').update(id).digest('hex')}`;
}

function headersOf({ attributes }: Delivery): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`${PREFIX}${name}`, value]));
}
