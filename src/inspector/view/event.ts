/** One event with what became of it at each sink. */
import type { EventAtSink, EventDetail, EventState } from '../api.ts';
import { type AtSink, type EventRecord, stateOf } from '../tap/event-record.ts';
import { toDate } from './time.ts';

export function eventView({ id, type, time, calls, sinks }: EventRecord): EventDetail {
  return {
    id,
    type,
    time,
    calls: calls.map(({ seq }) => seq).filter((seq) => seq > 0),
    sinks: sinks.map(atSinkView),
  };
}

function atSinkView(one: AtSink): EventAtSink {
  const { sink, attempts, steps } = one;
  const reason = steps.at(-1)?.reason;
  return {
    sink,
    state: stateOf(one),
    attempts,
    ...(reason !== undefined && { reason }),
    timeline: steps.map(({ at, state, reason: why }) => ({
      at: toDate(at),
      state,
      text: why === undefined ? texts[state] : `${texts[state]}: ${why}`,
    })),
  };
}

const texts: Readonly<Record<EventState, string>> = {
  queued: 'waits in the queue',
  sending: 'sent to the sink',
  retrying: 'not confirmed, sent again later',
  delivered: 'confirmed by the sink',
  spooled: 'stored on disk',
  rejected: 'rejected by the sink',
  dropped: 'dropped',
  withdrawn: 'withdrawn',
};
