/** Live: every call as it comes, and beside it the one that is open. */
import { useEffect, useRef } from 'preact/hooks';
import { connection } from '../api/stream.ts';
import { Call } from '../call/call.tsx';
import { amend, filter, go, openSeq } from '../frame/route.ts';
import { count, counted } from '../ui/format.ts';
import { Empty } from './empty.tsx';
import { isPaused, lost, problem, shown, togglePause, waiting, watch } from './feed.ts';
import { Filter } from './filter.tsx';
import { useLiveKeys } from './keys.ts';
import { CallList, isAtEnd, selected } from './list.tsx';

const isWide = () => matchMedia('(min-width: 1000px)').matches;

export function Live() {
  const jump = useRef(() => {});
  useEffect(() => watch(filter.value), [filter.value]);
  useRefusedFilter();
  useFollowedSelection();
  useLiveKeys(() => openSeq.peek() ?? selected.peek());
  const seq = openSeq.value;
  const open = (next: number) => {
    if (openSeq.peek() === undefined) go({ call: next });
    else amend({ call: next });
    if (!isWide()) document.getElementById('call-title')?.focus();
  };
  const close = () => {
    go({ call: undefined, tab: undefined });
    document.getElementById('calls')?.focus();
  };
  return (
    <div class={`live ${seq === undefined ? '' : 'with-call'}`}>
      <section class="feed" aria-label="Calls">
        <Toolbar />
        <div class="list">
          <CallList onOpen={open} jump={jump} />
          {shown.value === 0 ? <Empty /> : null}
          {isAtEnd.value || shown.value === 0 ? null : (
            <button type="button" class="button jump" onClick={() => jump.current()}>
              Newest call ↓
            </button>
          )}
        </div>
      </section>
      {seq === undefined ? null : <Call seq={seq} onClose={close} />}
    </div>
  );
}

function Toolbar() {
  return (
    <div class="toolbar">
      <Filter />
      <div class="row-of">
        <span class="dim number" data-testid="shown">
          {counted(shown.value, 'call')}
          {lost.value > 0 ? `, ${count(lost.value)} passed over` : ''}
        </span>
        <button
          type="button"
          class="button"
          id="pause"
          aria-pressed={isPaused.value}
          title="Space"
          onClick={togglePause}
        >
          {isPaused.value ? `Resume${waiting.value > 0 ? ` (${waiting.value} new)` : ''}` : 'Pause'}
        </button>
      </div>
    </div>
  );
}

/** Shows the error of a filter that the server cannot read, where it is typed. */
function useRefusedFilter(): void {
  const { value } = connection;
  useEffect(() => {
    if (value.state === 'refused') problem.value = value.message;
    else if (value.state === 'open') problem.value = undefined;
  }, [value]);
}

/** Arrows in the list change the call beside it. */
function useFollowedSelection(): void {
  const seq = selected.value;
  useEffect(() => {
    if (seq !== undefined && openSeq.peek() !== undefined) amend({ call: seq });
  }, [seq]);
  useEffect(() => {
    if (openSeq.value !== undefined) selected.value = openSeq.value;
  }, [openSeq.value]);
}
