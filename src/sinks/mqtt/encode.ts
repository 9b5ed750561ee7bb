/** Encodes a delivery as a PUBLISH packet of MQTT 5, by the CloudEvents MQTT binding. */
import type { IClientPublishOptions } from 'mqtt';
import type { Delivery } from '../delivery.ts';
import type { MqttOptions } from './declaration.ts';

export interface Publication {
  readonly topic: string;
  readonly payload: Buffer;
  readonly options: IClientPublishOptions;
}

/** Of strings in MQTT. [MQTT 5, section 1.5.4] */
const MAX_STRING_BYTES = 65_535;

/** Returns why a topic cannot be published to, or undefined. */
export function findTopicProblem(topic: string): string | undefined {
  if (topic === '') return 'the topic is empty';
  if (/[+#]/.test(topic)) return 'the topic has a wildcard, "+" or "#"';
  if (topic.includes('\0')) return 'the topic has the character U+0000';
  if (!topic.isWellFormed()) return 'the topic has half of a surrogate pair';
  if (Buffer.byteLength(topic) > MAX_STRING_BYTES) return 'the topic is longer than 65535 bytes';
  return undefined;
}

/** Whether a receiver may close the connection over the topic without a reason code. [MQTT 5, section 1.5.4] */
export function isRisky({ topic }: Publication): boolean {
  return /[\p{Cc}\p{Noncharacter_Code_Point}]/u.test(topic);
}

export function toPublication(
  delivery: Delivery,
  topic: string,
  { qos, retain, messageExpiry }: MqttOptions,
): Publication {
  const { body, contentType, format } = delivery;
  return {
    topic,
    payload: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    options: {
      qos,
      retain,
      properties: {
        ...(contentType !== '' && { contentType: encodeText(contentType) }),
        ...(format === 'binary' && { userProperties: userPropertiesOf(delivery) }),
        ...(messageExpiry !== undefined && { messageExpiryInterval: Math.round(messageExpiry / 1000) }),
      },
    },
  };
}

function userPropertiesOf({ attributes }: Delivery): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, encodeText(value)]));
}

// MQTT 5, section 1.5.4: what a receiver may close the connection over, and U+0000, which it must.
const forbidden = /[%\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/**
 * Percent-encodes characters that MQTT strings may not contain, and "%" itself, as the HTTP binding of CloudEvents
 * does. Decoding restores the value; a value without these characters is unchanged.
 */
function encodeText(value: string): string {
  return value.toWellFormed().replace(forbidden, encodeURIComponent);
}

/** The most bytes that the packet may take, to compare with the broker's limit. */
export function estimateBytes({ topic, payload, options }: Publication): number {
  // Fixed header, packet identifier, lengths, content type, expiry.
  let bytes = 64 + Buffer.byteLength(topic) + payload.length + (options.properties?.contentType?.length ?? 0);
  for (const [name, value] of Object.entries(options.properties?.userProperties ?? {}))
    bytes += 5 + Buffer.byteLength(name) + Buffer.byteLength(String(value));
  return bytes;
}

/** Returns why the attributes cannot be sent, or undefined. */
export function findPropertyProblem({ options }: Publication): string | undefined {
  for (const [name, value] of Object.entries(options.properties?.userProperties ?? {}))
    if (Buffer.byteLength(String(value)) > MAX_STRING_BYTES)
      return `attribute ${name} is longer than the 65535 bytes that MQTT allows`;
  return undefined;
}
