/** Encodes a delivery as a Kafka record, by the CloudEvents Kafka binding. */
import type { MessageToProduce } from '@platformatic/kafka';
import type { Delivery } from '../delivery.ts';
import { topicPattern } from './declaration.ts';

export interface KafkaRecord extends MessageToProduce<Buffer, Buffer, Buffer, Buffer> {
  readonly topic: string;
  readonly key: Buffer;
}

/** Returns why a topic cannot be written to, or undefined. */
export function findTopicProblem(topic: string): string | undefined {
  return topicPattern.test(topic)
    ? undefined
    : 'is not a valid topic name: use letters, digits, ".", "_" and "-", at most 249 of them';
}

/** The key selects the partition and keeps the events of a client in order. */
export function toRecord(delivery: Delivery, topic: string): KafkaRecord {
  const { key, body } = delivery;
  return {
    topic,
    key: Buffer.from(key),
    value: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    headers: headersOf(delivery),
  };
}

const contentTypeHeader = Buffer.from('content-type');

/** Values are bytes here: UTF-8 unchanged, whatever the characters. [CloudEvents Kafka binding, section 3.2.3] */
function headersOf({ attributes, contentType, format }: Delivery): Map<Buffer, Buffer> {
  const headers = new Map([[contentTypeHeader, Buffer.from(contentType)]]);
  if (format !== 'binary') return headers;
  for (const [name, value] of Object.entries(attributes))
    headers.set(Buffer.from(`ce_${name}`), Buffer.from(value));
  return headers;
}
