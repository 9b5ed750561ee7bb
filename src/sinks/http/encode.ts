/** Encodes deliveries as requests, by the HTTP binding of CloudEvents 1.0.2. */
import { cloudEventHeaders, encodeHeaderValue, safeContentType } from '../cloud-event-headers.ts';
import type { Delivery } from '../delivery.ts';
import type { Sign } from './sign.ts';

export interface Content {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export function contentOf(delivery: Delivery, sign: Sign | undefined): Content {
  const { id, body, format } = delivery;
  const headers = {
    'content-type': safeContentType(delivery),
    ...(format === 'binary' && cloudEventHeaders(delivery)),
    ...sign?.(encodeHeaderValue(id), body),
  };
  return { headers, body };
}

const OPEN = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from(']');

/** Structured events as one array. Its id in a signature is the id of the first. */
export function contentOfBatch(deliveries: readonly Delivery[], sign: Sign | undefined): Content {
  const parts = deliveries.flatMap(({ body }, i) => [i === 0 ? OPEN : COMMA, body]);
  const body = Buffer.concat([...parts, CLOSE]);
  const [first] = deliveries;
  const headers = {
    'content-type': 'application/cloudevents-batch+json',
    ...sign?.(encodeHeaderValue(first?.id ?? ''), body),
  };
  return { headers, body };
}
