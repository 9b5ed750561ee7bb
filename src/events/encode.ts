/** The body and the attributes of an event, in the three formats that a route may ask for. */
import { parseMediaType } from '../lib/media-type.ts';
import type { StampedEvent } from '../protocol/schema/event.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import { encodeSafely, formatTime, toCloudEvent } from '../sinks/cloudevents/cloud-event.ts';
import { clientOf, messageOf } from '../sinks/cloudevents/event-fields.ts';
import type { DeliveryFormat } from '../sinks/delivery.ts';

export interface Encoded {
  readonly contentType: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** @param event with the data that the route wants. */
export function encode(event: StampedEvent, format: DeliveryFormat, input: HookInput): Encoded {
  if (format === 'structured') {
    return {
      contentType: 'application/cloudevents+json',
      attributes: attributesOf(event),
      body: Buffer.from(toCloudEvent(event)),
    };
  }
  const attributes = attributesOf(event);
  addFacts(attributes, input);
  return { ...bodyOf(event, input), attributes };
}

/** The payload of a message as the publisher sent it; of other events the data as JSON. */
function bodyOf({ data }: StampedEvent, input: HookInput): Pick<Encoded, 'contentType' | 'body'> {
  const payload = payloadOf(data);
  // A copy, since a view keeps all of the packet it came in.
  if (payload !== undefined) return { contentType: payloadTypeOf(input), body: new Uint8Array(payload) };
  return { contentType: 'application/json', body: Buffer.from(encodeSafely(data)) };
}

/** The payload in the data of a message event; a hook of one's own may report anything under that name. */
export function payloadOf(data: StampedEvent['data']): Uint8Array | undefined {
  try {
    const { payload } = data.message as { readonly payload?: unknown };
    return payload instanceof Uint8Array ? payload : undefined;
  } catch {
    return undefined;
  }
}

/** Longer ones of clients are not passed on. */
const MAX_MEDIA_TYPE = 1024;

/**
 * MQTT 5 publishers may say what they send; EMQX passes it on from 5.9 on. Only a media type is passed on, so that no
 * header can be made of it.
 */
function payloadTypeOf(input: HookInput): string {
  const { props = [] } = input as { readonly props?: readonly { name: string; value: string }[] };
  const told = props.find(({ name }) => name === 'Content-Type')?.value ?? '';
  const isUsable = told.length <= MAX_MEDIA_TYPE && parseMediaType(told) !== undefined;
  return isUsable ? told.trim().replaceAll('\t', ' ') : 'application/octet-stream';
}

function attributesOf({
  id,
  source,
  type,
  subject,
  time,
  traceparent,
}: StampedEvent): Record<string, string> {
  // One by one: an object that is put together of others takes three times the memory.
  const attributes: Record<string, string> = { specversion: '1.0', id, source, type };
  if (subject) attributes.subject = subject;
  attributes.time = formatTime(time);
  if (traceparent !== undefined) attributes.traceparent = traceparent;
  return attributes;
}

/** What the data would say and the payload alone does not: extension attributes. */
function addFacts(attributes: Record<string, string>, input: HookInput): void {
  const clientid = clientOf(input);
  const message = messageOf(input);
  if (clientid !== '') attributes.clientid = clientid;
  if (message !== undefined) attributes.qos = `${message.qos}`;
}
