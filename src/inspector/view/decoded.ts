/** The payload of a message as the codec of its rule reads it. */
import type { PublishInput } from '../../policy/messages/message-edit.ts';
import { readPayload } from '../../policy/messages/read-payload.ts';
import { encodeData } from '../../sinks/cloudevents/encode-data.ts';
import type { Payload } from '../api.ts';
import type { CallRecord } from '../tap/call-record.ts';
import type { PolicyView } from '../why/policy-view.ts';
import { requestOf } from './input.ts';

/** With more rules, the payload is not read: each rule is looked at in one turn of the event loop. */
const MAX_RULES = 2000;

/** `undefined` if the payload was not kept whole, or no rule decodes it. */
export function decodedOf(record: CallRecord, { policy }: PolicyView): Payload['decoded'] {
  const { hook } = record.rpc;
  const publish = policy?.policies.publish;
  const isWhole = record.payload !== undefined && record.payload.byteLength === record.payloadBytes;
  if (publish === undefined || !isWhole || publish.rules.length > MAX_RULES) return undefined;
  if (hook !== 'message.publish' && hook !== 'message.ingress') return undefined;
  const reading = readPayload({ ...publish, mode: 'enforce' }, requestOf(record) as PublishInput);
  if (reading === undefined) return undefined;
  // As events have it: bytes as text or base64, and large integers as text.
  return { codec: reading.codec, value: JSON.parse(encodeData(reading.value)) };
}
