/** A delivery as headers of a message, as the NATS binding of CloudEvents 1.0.2 has them. */
import type { MsgHdrs } from '@nats-io/transport-node';
import { cloudEventHeaders, encodeHeaderValue, safeContentType } from '../cloud-event-headers.ts';
import type { Delivery } from '../delivery.ts';

/**
 * @param headers are empty, and are filled. The raw format has only those for JetStream.
 * @param stream the only one that may take it, when there is a name.
 */
export function fillHeaders(headers: MsgHdrs, delivery: Delivery, stream: string | undefined): MsgHdrs {
  // By this id JetStream drops what it has already.
  headers.append('Nats-Msg-Id', encodeHeaderValue(delivery.id));
  if (stream !== undefined) headers.append('Nats-Expected-Stream', stream);
  if (delivery.format === 'raw') return headers;
  headers.append('content-type', safeContentType(delivery));
  if (delivery.format === 'structured') return headers;
  for (const [name, value] of Object.entries(cloudEventHeaders(delivery))) headers.append(name, value);
  return headers;
}
