/** One call as a line of Live. */
import { clip } from '../../lib/clip.ts';
import type { CallRow, EventRow, Verdict } from '../api.ts';
import type { CallRecord } from '../tap/call-record.ts';
import { type EventRecord, stateOf } from '../tap/event-record.ts';
import { namesOf } from '../tap/names.ts';
import { verdictOf } from '../tap/verdict.ts';
import { toDate } from './time.ts';

/** Most characters of a name in a row: the call itself shows all of it. */
const MAX_NAME = 512;

export function rowOf(record: CallRecord): CallRow {
  const { seq, since, ms, rpc, connection, input, decision, failure, events } = record;
  const { node, clientid, username, peerhost, topic, action, qos } = namesOf(input);
  return {
    seq,
    at: toDate(since),
    ms: round(ms),
    hook: rpc.hook,
    protocol: rpc.version,
    ...(connection !== undefined && { connection }),
    node: clip(node),
    clientid: clip(clientid, MAX_NAME),
    username: clip(username, MAX_NAME),
    peerhost: clip(peerhost),
    topic: clip(topic, MAX_NAME),
    ...(action !== undefined && { action }),
    ...(qos !== undefined && { qos, payloadBytes: record.payloadBytes }),
    verdict: verdictOf(record),
    ...(decision?.isShadow === true && { shadow: decision.verdict as Verdict }),
    by: decision?.by ?? '',
    reason: clip(reasonOf(record), MAX_NAME),
    ...(failure !== undefined && { code: failure.code }),
    isOnError: decision?.by === 'onError' || decision?.isFailure === true,
    isDuplicate: record.isDuplicate,
    isReplay: record.isReplay,
    lookups: record.lookups?.length ?? 0,
    events: events?.map(eventRowOf) ?? [],
  };
}

export function eventRowOf({ id, type, sinks }: EventRecord): EventRow {
  return { id, type, sinks: Object.fromEntries(sinks.map((one) => [one.sink, stateOf(one)])) };
}

/** What decided says why; else the reply itself does, as of a hook of the user's own. */
function reasonOf({ decision, failure, reply, override }: CallRecord): string {
  const said = override ?? reply;
  const own = said !== undefined && 'reason' in said ? said.reason : '';
  if (override !== undefined) return `a sink did not store its event: ${own}`;
  return decision?.reason ?? (own || (failure?.message ?? ''));
}

/** To a microsecond. */
export function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
