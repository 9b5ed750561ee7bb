/** Encodes the body and the attributes of an event, in the three formats that a route may ask for. */
import { parseMediaType } from '../lib/media-type.ts';
import type { StampedEvent } from '../protocol/schema/event.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import { encodeCloudEvent, encodeSafely, formatTime } from '../sinks/cloudevents/cloud-event.ts';
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
      body: encodeCloudEvent(event),
    };
  }
  const attributes = attributesOf(event);
  addExtensions(attributes, input);
  return { ...bodyOf(event, input), attributes };
}

/** The payload of a message as the publisher sent it; for other events the data as JSON. */
function bodyOf({ data }: StampedEvent, input: HookInput): Pick<Encoded, 'contentType' | 'body'> {
  const payload = payloadOf(data);
  // A copy, since a view retains the whole packet it came in.
  if (payload !== undefined) return { contentType: payloadTypeOf(input), body: new Uint8Array(payload) };
  return { contentType: 'application/json', body: encodeSafely(data) };
}

/** The payload in the data of a message event. Events of custom hooks may hold anything under that name. */
export function payloadOf(data: StampedEvent['data']): Uint8Array | undefined {
  try {
    const { payload } = data.message as { readonly payload?: unknown };
    return payload instanceof Uint8Array ? payload : undefined;
  } catch {
    return undefined;
  }
}

/** Longer media types of clients are not passed on, in characters. */
const MAX_MEDIA_TYPE = 1024;

/**
 * MQTT 5 publishers may set the content type; EMQX passes it on since 5.9. It is passed on only if it is a media type, so
 * that a client cannot inject a header.
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
  // Assigned one by one: an object built by spreading others takes three times the memory.
  const attributes: Record<string, string> = { specversion: '1.0', id, source, type };
  if (subject) attributes.subject = subject;
  attributes.time = formatTime(time);
  if (traceparent !== undefined) attributes.traceparent = traceparent;
  return attributes;
}

/** Extension attributes with what the data holds besides the payload. */
function addExtensions(attributes: Record<string, string>, input: HookInput): void {
  const clientid = clientOf(input);
  const message = messageOf(input);
  if (clientid !== '') attributes.clientid = clientid;
  if (message !== undefined) attributes.qos = `${message.qos}`;
}
