/** Encodes a delivery as headers of a message, by the NATS binding of CloudEvents 1.0.2. */
import type { MsgHdrs } from '@nats-io/transport-node';
import { cloudEventHeaders, encodeHeaderValue, safeContentType } from '../cloud-event-headers.ts';
import type { Delivery } from '../delivery.ts';

/**
 * @param headers empty headers, which are filled. The raw format has only those for JetStream.
 * @param stream the only stream that may take it, if it is named.
 */
export function fillHeaders(headers: MsgHdrs, delivery: Delivery, stream: string | undefined): MsgHdrs {
  // JetStream drops duplicates by this id.
  headers.append('Nats-Msg-Id', encodeHeaderValue(delivery.id));
  if (stream !== undefined) headers.append('Nats-Expected-Stream', stream);
  if (delivery.format === 'raw') return headers;
  headers.append('content-type', safeContentType(delivery));
  if (delivery.format === 'structured') return headers;
  for (const [name, value] of Object.entries(cloudEventHeaders(delivery))) headers.append(name, value);
  return headers;
}
