/** One call in the list. It draws often: plain elements, and text nodes only. */
import type { CallRow } from '../../../src/inspector/api.ts';
import { clock, milliseconds } from '../ui/format.ts';
import { Text } from '../ui/text.tsx';
import { summarizeEvents, toneOf, toneOfState, wordOf } from '../ui/verdict.ts';

interface RowProps {
  readonly call: CallRow;
  readonly index: number;
  /** Pixels from the top of the rows. */
  readonly top: number;
  readonly isSelected: boolean;
  onSelect(seq: number): void;
}

export const rowId = (seq: number) => `call-${seq}`;

export function Row({ call, index, top, isSelected, onSelect }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the focus, and takes the keys
    <div
      role="row"
      class={`call ${toneOf(call.verdict)}`}
      id={rowId(call.seq)}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(call.seq)}
    >
      <Cell name="time" class="number dim">
        {clock(call.at)}
      </Cell>
      <Cell name="hook">{call.hook}</Cell>
      <Cell name="client">
        {call.clientid === '' ? <span class="dim">{call.node}</span> : <Text>{call.clientid}</Text>}
      </Cell>
      <Cell name="topic">
        {call.action === 'subscribe' ? <span class="dim">sub </span> : null}
        <Text>{call.topic}</Text>
      </Cell>
      <Cell name="verdict">
        <Verdict call={call} />
      </Cell>
      <Cell name="by">
        <Text>{call.by}</Text>
        {call.reason === '' ? null : (
          <span class="dim">
            {' '}
            <Text>{call.reason}</Text>
          </span>
        )}
      </Cell>
      <Cell name="ms" class="number">
        {milliseconds(call.ms)}
      </Cell>
      <Cell name="events">
        <Events call={call} />
      </Cell>
    </div>
  );
}

interface CellProps {
  readonly name: string;
  readonly class?: string;
  readonly children: preact.ComponentChildren;
}

function Cell({ name, class: more = '', children }: CellProps) {
  return (
    <div role="gridcell" class={`cell ${name} ${more}`}>
      {children}
    </div>
  );
}

export function Verdict({ call }: { readonly call: CallRow }) {
  return (
    <>
      <span class={`badge ${toneOf(call.verdict)}`}>{wordOf(call.verdict)}</span>
      {flagsOf(call).map(({ text, tone }) => (
        <span class={`flag ${tone}`} key={text}>
          {text}
        </span>
      ))}
    </>
  );
}

function flagsOf({ shadow, isOnError, isDuplicate, isReplay, protocol }: CallRow) {
  const flags = [
    shadow !== undefined && { text: `shadow: ${wordOf(shadow)}`, tone: toneOf(shadow) },
    isOnError && { text: 'onError', tone: 'warn' },
    isDuplicate && { text: 'again', tone: 'dim' },
    isReplay && { text: 'replay', tone: 'dim' },
    protocol !== 'v3' && { text: protocol, tone: 'dim' },
  ];
  return flags.filter((flag) => flag !== false);
}

function Events({ call: { events } }: { readonly call: CallRow }) {
  const summary = summarizeEvents(events);
  if (summary === undefined) return null;
  const { state, count } = summary;
  return (
    <span class={toneOfState(state) === 'quiet' ? 'dim' : toneOfState(state)}>
      {count > 1 ? `${count} ` : ''}
      {state}
    </span>
  );
}
