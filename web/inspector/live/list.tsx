/** The list of calls: a grid that has the focus itself. Arrows work from anywhere in it. */
import { signal } from '@preact/signals';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { openSeq } from '../frame/route.ts';
import { useVirtualList } from '../ui/virtual.ts';
import { calls, loadOlder, shown, version } from './feed.ts';
import { Row, rowId } from './row.tsx';

/** The call that arrows move. */
export const selected = signal<number | undefined>(undefined);
/** Whether the newest call is in sight. */
export const isAtEnd = signal(true);

/** Pixels: below this width a call takes two lines. */
const NARROW = 620;
/** Pixels; style/live.css has the same. */
const heights = { row: 28, twoLines: 50, header: 28 };

/** Pixels from the oldest call at which older ones are asked for. */
const NEAR_OLDEST = 200;

const columns: readonly [name: string, label: string][] = [
  ['time', 'Time'],
  ['hook', 'Hook'],
  ['client', 'Client'],
  ['topic', 'Topic'],
  ['verdict', 'Verdict'],
  ['by', 'Decided by'],
  ['ms', 'ms'],
  ['events', 'Events'],
];

export interface ListProps {
  onOpen(seq: number): void;
  /** What takes a jump to the newest call. */
  readonly jump: { current: () => void };
}

export function CallList({ onOpen, jump }: ListProps) {
  void version.value;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const isNarrow = width < NARROW;
  const header = isNarrow ? 0 : heights.header;
  const count = shown.value;
  const keyAt = useCallback((index: number) => calls.at(index)?.seq ?? -1, []);
  const isFollowed = openSeq.value === undefined;
  const list = useVirtualList({
    scroller,
    count,
    rowHeight: isNarrow ? heights.twoLines : heights.row,
    header,
    keyAt,
    // Who reads a call keeps the place in the list.
    isFollowed,
  });
  const noteEnd = () => {
    const { current } = scroller;
    if (current !== null) isAtEnd.value = isNearEnd(current);
  };
  // Asking for the place makes the browser lay all out at once: only where it can change without a scroll.
  useLayoutEffect(() => {
    if (!isFollowed) noteEnd();
  }, [count, isFollowed]);
  const chosenIndex = selected.value === undefined ? undefined : calls.indexOf(selected.value);
  const isHere = chosenIndex !== undefined && chosenIndex < count;
  // A call that a link opens, once it is loaded.
  useEffect(() => {
    if (isHere && chosenIndex !== undefined) list.scrollTo(chosenIndex);
  }, [selected.value, isHere]);
  jump.current = list.scrollToEnd;
  const choose = (index: number) => {
    const call = calls.at(Math.max(0, Math.min(count - 1, index)));
    if (call === undefined) return;
    selected.value = call.seq;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = selected.value === undefined ? count : calls.indexFrom(selected.value);
    const next = moveFrom(event.key, at, count, scroller.current?.clientHeight ?? 0);
    if (next !== undefined) choose(next);
    else if (event.key === 'Enter' && selected.value !== undefined) onOpen(selected.value);
    else return;
    event.preventDefault();
  };
  const onScroll = () => {
    noteEnd();
    if ((scroller.current?.scrollTop ?? 0) < NEAR_OLDEST) void loadOlder();
  };
  return (
    <div
      class={`calls ${isNarrow ? 'narrow' : ''} ${width < 1000 ? 'middle' : ''}`}
      ref={scroller}
      role="grid"
      tabIndex={0}
      id="calls"
      aria-label="Calls, oldest first"
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-activedescendant={selected.value === undefined ? undefined : rowId(selected.value)}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
    >
      <div class="call head" role="row" aria-rowindex={1}>
        {columns.map(([name, label]) => (
          <div role="columnheader" class={`cell ${name}`} key={name}>
            {label}
          </div>
        ))}
      </div>
      <div class="rows" role="rowgroup" style={{ height: `${list.height}px` }}>
        {list.items.map(({ index, start }) => {
          const call = calls.at(index);
          return call === undefined ? null : (
            <Row
              // Rows that scroll out become those that scroll in: making elements costs most of a frame.
              key={index % list.items.length}
              call={call}
              index={index}
              top={start - header}
              isSelected={call.seq === selected.value}
              onSelect={(seq) => {
                selected.value = seq;
                onOpen(seq);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

const isNearEnd = ({ scrollTop, scrollHeight, clientHeight }: HTMLElement) =>
  scrollHeight - scrollTop - clientHeight < heights.twoLines;

/** Where a key leads, or nothing for other keys. */
function moveFrom(key: string, at: number, count: number, height: number): number | undefined {
  const page = Math.max(1, Math.floor(height / heights.row) - 2);
  return {
    ArrowDown: at + 1,
    j: at + 1,
    ArrowUp: at - 1,
    k: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  }[key];
}

function useWidth(element: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(() => innerWidth);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
