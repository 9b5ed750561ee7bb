/** Deliveries of the contract suite, in the forms that routes give them. */
import { randomUUID } from 'node:crypto';
import type { Delivery, DeliveryFormat } from '../delivery.ts';

export interface Wanted {
  readonly key?: string;
  readonly format?: DeliveryFormat;
  /** For the binary and raw formats, unchanged. Default: a unique text. */
  readonly body?: Uint8Array;
  readonly contentType?: string;
  readonly target?: string;
  /** Additional or replaced attributes. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Prefix of the id. */
  readonly idPrefix?: string;
}

/** A delivery as read from disk: without the event itself. */
export function makeDelivery(wanted: Wanted = {}): Delivery {
  const { key = 'client-1', format = 'structured', target, idPrefix = '' } = wanted;
  const id = `${idPrefix}${randomUUID()}`;
  const attributes = {
    specversion: '1.0',
    id,
    source: 'exhook://emqx@127.0.0.1',
    type: 'com.example.message.publish',
    subject: 'sensors/1/temperature',
    time: '2024-05-01T12:00:00.000Z',
    ...wanted.attributes,
  };
  const common = { id, key, format, attributes, ...(target !== undefined && { target }) };
  if (format === 'structured') {
    const event = { ...attributes, datacontenttype: 'application/json', data: { key } };
    return { ...common, contentType: 'application/cloudevents+json', body: bytesOf(JSON.stringify(event)) };
  }
  const { body = bytesOf(`the payload of ${id}`), contentType = 'application/octet-stream' } = wanted;
  return { ...common, contentType, body };
}

/** `count` deliveries of one key, or of several keys in turn. */
export function makeDeliveries(count: number, keys: readonly string[], wanted: Wanted = {}): Delivery[] {
  return Array.from({ length: count }, (_, i) =>
    makeDelivery({ ...wanted, key: keys[i % keys.length] ?? '' }),
  );
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Names that MQTT allows for a client, a user or a topic, and that have a special meaning elsewhere. */
export const hostileTexts: readonly string[] = [
  '../../../etc/passwd',
  '/etc/passwd',
  'C:\\Windows\\win.ini',
  '..',
  '.',
  "'; DROP TABLE events; --",
  '"; DROP TABLE events; --',
  '$1, $2); DELETE FROM events; --',
  'a.b.*.>',
  '$SYS.REQ.USER.AUTH',
  '$JS.API.STREAM.DELETE.EVENTS',
  'x\r\nX-Injected: yes\r\n\r\nGET / HTTP/1.1',
  'x\nSTOP',
  '+/#',
  '#',
  '$share/g/t',
  '*1\r\n$8\r\nFLUSHALL\r\n',
  '${clientid} %s %25 %0d%0a',
  '{{7*7}} {tag} [x]',
  'a b\tc',
  ' ',
  '//',
  'tausend Tränen 漢字 🚀 \u{10ffff}',
  '\u200b\u202e\ufeff',
  '\u0001\u001b[31m\u007f',
  '&<>"\'`?=;,:@|~^',
  'a'.repeat(900),
];
