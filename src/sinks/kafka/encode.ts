/** A delivery as a record of Kafka, in the CloudEvents Kafka binding. */
import type { MessageToProduce } from '@platformatic/kafka';
import type { Delivery } from '../delivery.ts';
import { topicPattern } from './declaration.ts';

export interface KafkaRecord extends MessageToProduce<Buffer, Buffer, Buffer, Buffer> {
  readonly topic: string;
  readonly key: Buffer;
}

/** Why a topic cannot be written to, or nothing. */
export function findTopicProblem(topic: string): string | undefined {
  return topicPattern.test(topic)
    ? undefined
    : 'is no name of a Kafka topic: letters, digits, ".", "_" and "-", at most 249 of them';
}

/** The key decides about the partition, so that the events of a client stay in order. */
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

/** Values are bytes here: UTF-8 as it is, whatever the characters. [CloudEvents Kafka binding, section 3.2.3] */
function headersOf({ attributes, contentType, format }: Delivery): Map<Buffer, Buffer> {
  const headers = new Map([[contentTypeHeader, Buffer.from(contentType)]]);
  if (format !== 'binary') return headers;
  for (const [name, value] of Object.entries(attributes))
    headers.set(Buffer.from(`ce_${name}`), Buffer.from(value));
  return headers;
}
