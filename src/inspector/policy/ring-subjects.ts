/** The calls of the ring as a comparison takes them: as a broker would have sent them, without passwords. */
import { createPacer } from '../../lib/slices.ts';
import { encodeRequest } from '../../protocol/wire/encode-request.ts';
import type { FileCall } from '../../protocol/wire/read-recording.ts';
import { isCompared, type Subject, subjectsOf } from '../compare/subject.ts';
import type { CallRecord } from '../tap/call-record.ts';
import type { CallRing } from '../tap/ring.ts';
import { requestOf, rpcOfInput } from '../view/input.ts';
import { toDate } from '../view/time.ts';

export interface RingSubject {
  readonly subject: Subject;
  readonly record: CallRecord;
  /** Whether the payload is missing, or was cut. */
  readonly isPartial: boolean;
}

/** @param last how many calls, the newest. */
export async function subjectsOfRing(ring: CallRing, last: number): Promise<RingSubject[]> {
  const pacer = createPacer();
  const found: RingSubject[] = [];
  for (let seq = Math.max(ring.first, ring.last - last + 1); seq <= ring.last; seq++) {
    if (pacer.isOver()) await pacer.pause();
    const record = ring.get(seq);
    if (record === undefined || record.isReplay) continue;
    const call = callOf(record);
    const [subject] = call === undefined ? [] : subjectsOf([call]);
    if (subject !== undefined) found.push({ subject, record, isPartial: isPartial(record) });
  }
  return found;
}

function callOf(record: CallRecord): FileCall | undefined {
  const input = requestOf(record);
  if (input === undefined || !isCompared(record.rpc.hook)) return undefined;
  const rpc = rpcOfInput(record.rpc);
  return {
    line: record.seq,
    file: '',
    rpc,
    path: rpc.path,
    atMs: record.since,
    timeMs: Math.round(toDate(record.since)),
    connection: record.connection ?? 0,
    headers: {},
    bytes: encodeRequest(rpc, input),
  };
}

function isPartial({ payload, payloadBytes }: CallRecord): boolean {
  return payloadBytes > 0 && payload?.byteLength !== payloadBytes;
}
