/** One call: why it ended as it did, what was asked and answered, and what became of its events. */
import { useEffect, useRef } from 'preact/hooks';
import type { CallRow } from '../../../src/inspector/api.ts';
import { amend, callTab } from '../frame/route.ts';
import { calls } from '../live/feed.ts';
import { isTyping } from '../live/keys.ts';
import { Verdict } from '../live/row.tsx';
import { dateAndClock, milliseconds } from '../ui/format.ts';
import { Tabs } from '../ui/tabs.tsx';
import { Text } from '../ui/text.tsx';
import { Actions } from './actions.tsx';
import { CallEvents } from './events.tsx';
import { type LoadedCall, useCall } from './load.ts';
import { Raw } from './raw.tsx';
import { Reply } from './reply.tsx';
import { Request } from './request.tsx';
import { Timing } from './timing.tsx';
import { WhyPanel } from './why.tsx';

interface CallProps {
  readonly seq: number;
  onClose(): void;
}

export function Call({ seq, onClose }: CallProps) {
  const loaded = useCall(seq);
  const row = loaded.detail?.row ?? calls.find(seq);
  useEscape(onClose);
  return (
    <aside class="open-call fade" aria-label="Call">
      <header>
        <div class="row-of">
          <h2 id="call-title" tabIndex={-1}>
            {row?.hook ?? `Call ${seq}`}
          </h2>
          {row === undefined ? null : <Verdict call={row} />}
          <button type="button" class="button plain push" onClick={onClose} title="Escape">
            Close
          </button>
        </div>
        {row === undefined ? null : <Who row={row} />}
        {row === undefined ? null : <Actions row={row} detail={loaded.detail} />}
      </header>
      {loaded.problem === undefined ? (
        <Panels loaded={loaded} />
      ) : (
        <p class="notice warn" role="alert">
          {loaded.problem}
        </p>
      )}
    </aside>
  );
}

function Who({ row }: { readonly row: CallRow }) {
  return (
    <p class="who">
      {row.clientid === '' ? null : (
        <span class="mono">
          <Text>{row.clientid}</Text>
        </span>
      )}
      {row.username === '' ? null : (
        <span class="dim">
          user <Text>{row.username}</Text>
        </span>
      )}
      {row.topic === '' ? null : (
        <span class="mono">
          {row.action === undefined ? '' : `${row.action} `}
          <Text>{row.topic}</Text>
        </span>
      )}
      <span class="dim number">
        {dateAndClock(row.at)}, {milliseconds(row.ms)} ms
      </span>
    </p>
  );
}

const panels = [
  { id: 'why', label: 'Why' },
  { id: 'request', label: 'Request' },
  { id: 'reply', label: 'Reply' },
  { id: 'events', label: 'Events' },
  { id: 'timing', label: 'Timing' },
  { id: 'raw', label: 'Raw' },
];

function Panels({ loaded: { seq, detail, why, whyProblem } }: { readonly loaded: LoadedCall }) {
  const chosen = panels.some(({ id }) => id === callTab.value) ? callTab.value : 'why';
  const count = detail?.events.length ?? 0;
  const tabs = panels.map((tab) =>
    tab.id === 'events' && count > 0 ? { ...tab, note: String(count) } : tab,
  );
  return (
    <Tabs label="Call" tabs={tabs} chosen={chosen} onChoose={(id) => amend({ tab: id === 'why' ? '' : id })}>
      {chosen === 'why' ? (
        <WhyPanel seq={seq} why={why} problem={whyProblem} />
      ) : detail === undefined ? (
        <p class="dim">Loading …</p>
      ) : (
        <>
          {chosen === 'request' ? <Request detail={detail} /> : null}
          {chosen === 'reply' ? <Reply detail={detail} /> : null}
          {chosen === 'events' ? <CallEvents events={detail.events} /> : null}
          {chosen === 'timing' ? <Timing detail={detail} /> : null}
          {chosen === 'raw' ? <Raw raw={detail.raw} /> : null}
        </>
      )}
    </Tabs>
  );
}

function useEscape(onClose: () => void): void {
  const latest = useRef(onClose);
  latest.current = onClose;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !isTyping(event)) latest.current();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
