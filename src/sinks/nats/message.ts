/** A delivery as headers of a message, as the NATS binding of CloudEvents 1.0.2 has them. */
import type { MsgHdrs } from '@nats-io/transport-node';
import { cloudEventHeaders, encodeHeaderValue, safeContentType } from '../cloud-event-headers.ts';
import type { Delivery } from '../delivery.ts';

/** The id by which JetStream drops what it has already: that of the event, percent-encoded as all values. */
export function messageId({ id }: Pick<Delivery, 'id'>): string {
  return encodeHeaderValue(id);
}

/** @param headers are filled. The raw format has none. */
export function fillHeaders(headers: MsgHdrs, delivery: Delivery): MsgHdrs {
  if (delivery.format === 'raw') return headers;
  headers.set('content-type', safeContentType(delivery));
  if (delivery.format === 'structured') return headers;
  for (const [name, value] of Object.entries(cloudEventHeaders(delivery))) headers.set(name, value);
  return headers;
}
