/** Loads what the server knows of one call: when it is opened, and again when its events change. */
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { CallDetail, Why } from '../../../src/inspector/api.ts';
import { describeError, get } from '../api/client.ts';
import { calls, revision, version } from '../live/feed.ts';

export interface LoadedCall {
  readonly seq: number;
  readonly detail?: CallDetail;
  readonly why?: Why;
  readonly problem?: string;
  readonly whyProblem?: string;
}

/** Milliseconds: walking through the list with an arrow held down asks for none of the calls on the way. */
const SETTLE = 80;

export function useCall(seq: number): LoadedCall {
  const [state] = useState(() => signal<LoadedCall>({ seq }));
  // Events of a call change after it; a reload changes what would be decided now.
  const moved = eventsOf(seq);
  const policies = revision.value;
  useEffect(() => {
    const ended = new AbortController();
    const show = (news: Partial<LoadedCall>) => {
      const known = state.peek();
      if (!ended.signal.aborted) state.value = { ...(known.seq === seq ? known : { seq }), ...news };
    };
    const timer = setTimeout(() => void load(seq, ended.signal, show), SETTLE);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [seq, moved, policies, state]);
  const { value } = state;
  return value.seq === seq ? value : { seq };
}

async function load(
  seq: number,
  signal: AbortSignal,
  show: (news: Partial<LoadedCall>) => void,
): Promise<void> {
  const [detail, why] = await Promise.allSettled([
    get<CallDetail>(`/api/calls/${seq}`, {}, signal),
    get<Why>(`/api/calls/${seq}/why`, {}, signal),
  ]);
  show({
    ...(detail.status === 'fulfilled' ? { detail: detail.value } : { problem: describeError(detail.reason) }),
    ...(why.status === 'fulfilled' ? { why: why.value } : { whyProblem: describeError(why.reason) }),
  });
}

/** Changes when the events of a call do. */
function eventsOf(seq: number): unknown {
  void version.value;
  return calls.find(seq)?.events;
}
