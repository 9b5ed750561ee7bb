/** Everything that is known of one call. */
import { describeReply } from '../../protocol/wire/describe-reply.ts';
import { encode } from '../../protocol/wire/encode.ts';
import { encodeRequest } from '../../protocol/wire/encode-request.ts';
import { recordMessage } from '../../protocol/wire/recording.ts';
import { replyJson } from '../../protocol/wire/reply-json.ts';
import type { CallDetail, CallReply, CallRequest, MessageView, Payload, Raw } from '../api.ts';
import type { CallRecord } from '../tap/call-record.ts';
import { namesOf } from '../tap/names.ts';
import { verdictOf } from '../tap/verdict.ts';
import { copiesOf } from './copies.ts';
import { effectOf } from './effect.ts';
import { eventView } from './event.ts';
import { inputView, requestOf, rpcOfInput } from './input.ts';
import { payloadView } from './payload.ts';
import { rowOf } from './row.ts';
import { lookupRows, timingOf } from './timing.ts';

export interface DetailWorld {
  /** Address of the port that brokers call. */
  readonly listen: string;
  /** Name of the configuration file in command lines. */
  readonly file: string;
}

/** @param decoded the payload as the codec of a rule reads it */
export function detailOf(
  record: CallRecord,
  { listen, file }: DetailWorld,
  decoded: Payload['decoded'],
): CallDetail {
  const raw = rawOf(record);
  return {
    row: rowOf(record),
    request: requestView(record, decoded),
    reply: replyView(record),
    lookups: lookupRows(record),
    timing: timingOf(record),
    events: record.events?.map(eventView) ?? [],
    raw,
    copy: copiesOf(record, raw, listen, file),
  };
}

function requestView(record: CallRecord, decoded: Payload['decoded']): CallRequest {
  const { topic, qos } = namesOf(record.input);
  const input = inputView(record);
  if (qos === undefined) return { input };
  const payload = { ...payloadView(record.payloadBytes, record.payload), ...(decoded && { decoded }) };
  return { input, message: { topic, qos, payload } };
}

function replyView(record: CallRecord): CallReply {
  const { rpc, input, override, status, failure } = record;
  const reply = override ?? record.reply;
  const verdict = verdictOf(record);
  const { meta } = (input ?? {}) as { meta?: { version: string } };
  const { qos } = namesOf(input);
  const message = rewrittenView(record);
  return {
    verdict,
    text: verdict === 'failed' ? `no reply: ${failure?.code ?? 'unknown'}` : textOf(record, message),
    effect: effectOf(rpc.hook, verdict, meta?.version ?? '', qos),
    status,
    ...(message && { message }),
    ...(reply?.kind === 'loaded' && { hooks: reply.hooks }),
  };
}

/** The message as a rewrite leaves it. */
function rewrittenView(record: CallRecord): MessageView | undefined {
  const { reply, override, input } = record;
  if (override !== undefined || reply?.kind !== 'rewrite') return undefined;
  const { topic, qos = 0 } = namesOf(input);
  const hasNew = record.newPayloadBytes > 0 || record.newPayload !== undefined;
  return {
    topic: reply.topic ?? topic,
    qos: reply.qos ?? qos,
    payload: hasNew
      ? payloadView(record.newPayloadBytes, record.newPayload)
      : payloadView(record.payloadBytes, record.payload),
  };
}

function textOf(record: CallRecord, message: MessageView | undefined): string {
  if (message !== undefined)
    return `rewrite (topic ${JSON.stringify(message.topic)}, QoS ${message.qos}, ${message.payload.bytes} bytes)`;
  const bytes = replyBytes(record);
  if (bytes === undefined) return '';
  return describeReply(rpcOfInput(record.rpc), bytes);
}

/** In protocol version 3; nothing without a reply. */
function replyBytes(record: CallRecord): Uint8Array | undefined {
  const reply = record.override ?? record.reply;
  const request = requestOf(record);
  if (reply === undefined || request === undefined || record.status !== 0) return undefined;
  const payload = record.newPayload;
  const whole = reply.kind === 'rewrite' && payload !== undefined ? { ...reply, payload } : reply;
  return encode(rpcOfInput(record.rpc), whole, request);
}

function rawOf(record: CallRecord): Raw {
  const rpc = rpcOfInput(record.rpc);
  const input = requestOf(record);
  if (input === undefined) return { path: record.rpc.path, request: null, reply: null };
  const recorded = recordMessage(rpc, encodeRequest(rpc, input));
  const bytes = replyBytes(record);
  return {
    path: rpc.path,
    request: 'message' in recorded ? recorded.message : null,
    reply: bytes === undefined ? null : replyJson(rpc, bytes),
  };
}
