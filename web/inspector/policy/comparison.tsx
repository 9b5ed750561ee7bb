/** What the draft would have decided otherwise, grouped by what decides; each call with both whys. */
import type { CompareGroup, CompareSide } from '../../../src/inspector/api.ts';
import { WhyPanel } from '../call/why.tsx';
import { go } from '../frame/route.ts';
import { counted } from '../ui/format.ts';
import { Text } from '../ui/text.tsx';
import { compared, isComparing } from './draft.ts';

export function Comparison() {
  const { value } = compared;
  if (value === undefined)
    return isComparing.value ? null : (
      <p class="dim">Run the draft on recent calls to see which of them would end otherwise.</p>
    );
  return (
    <div class={`sections ${isComparing.value ? 'stale' : ''}`} aria-live="polite">
      <p class="sentence">{value.sentence}</p>
      {value.registrations.map(({ hook, before, after }) => (
        <p class="notice warn" key={hook}>
          <span class="mono">{hook}</span>: brokers would be asked to call it {topicsOf(after)}, and now they
          are asked to call it {topicsOf(before)}.
        </p>
      ))}
      {value.groups.map((group) => (
        <Group group={group} key={keyOf(group)} />
      ))}
      {value.untoldGroups.length === 0 ? null : (
        <section>
          <h3>Unknown</h3>
          {value.untoldGroups.map((group) => (
            <p class="dim" key={keyOf(group)}>
              {counted(group.count, 'call')} of {group.hook}:{' '}
              {group.before.needs ?? group.after.needs ?? 'not known'}
            </p>
          ))}
        </section>
      )}
    </div>
  );
}

const keyOf = ({ hook, before, after }: CompareGroup) =>
  JSON.stringify([hook, before.kind, before.by, before.needs, after.kind, after.by, after.needs]);

const topicsOf = (topics: readonly string[] | null) =>
  topics === null ? 'never' : topics.length === 0 ? 'for all topics' : `for ${topics.join(', ')}`;

function Group({ group }: { readonly group: CompareGroup }) {
  const { hook, before, after, count, clients, topics, calls } = group;
  return (
    <section class="card group">
      <header class="row-of">
        <Side side={before} />{' '}
        <span class="dim">
          →<span class="hidden-text"> becomes </span>
        </span>{' '}
        <Side side={after} />
        <span class="dim push">
          {counted(count, 'call')} of {hook}
        </span>
      </header>
      <p class="dim">
        <Names names={clients} noun="client" /> <Names names={topics} noun="topic" />
      </p>
      <details>
        <summary>{counted(calls.length, 'call')}, with both whys</summary>
        <ul class="pairs">
          {calls.map((call, i) => (
            <li key={call.seq ?? call.line ?? i}>
              <p class="row-of">
                <span class="mono">
                  <Text>{call.clientid}</Text>
                </span>
                <span>
                  {call.action}{' '}
                  <span class="mono">
                    <Text>{call.topic ?? ''}</Text>
                  </span>
                </span>
                {call.seq === undefined ? (
                  <span class="dim push">line {call.line}</span>
                ) : (
                  <button
                    type="button"
                    class="place push"
                    onClick={() => go({ view: undefined, call: call.seq })}
                  >
                    Open
                  </button>
                )}
              </p>
              {call.before === undefined || call.after === undefined ? null : (
                <div class="sides">
                  <div>
                    <h3>In force</h3>
                    <WhyPanel why={call.before} />
                  </div>
                  <div>
                    <h3>Draft</h3>
                    <WhyPanel why={call.after} />
                  </div>
                </div>
              )}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

const refusals = ['deny', 'dropped', 'disconnected', 'failed'];

function Side({ side: { kind, by } }: { readonly side: CompareSide }) {
  return (
    <span>
      <span class={`badge ${refusals.includes(kind) ? 'deny' : 'changed'}`}>{kind}</span>
      {by === undefined ? null : (
        <span class="dim">
          {' '}
          <Text>{by}</Text>
        </span>
      )}
    </span>
  );
}

/** Names beyond that make a wall of text. */
const MOST_NAMES = 6;

function Names({ names, noun }: { readonly names: readonly string[]; readonly noun: string }) {
  if (names.length === 0) return null;
  return (
    <span>
      {counted(names.length, noun)}:{' '}
      <span class="mono">
        <Text>{names.slice(0, MOST_NAMES).join(', ')}</Text>
      </span>
      {names.length > MOST_NAMES ? ' …' : ''}
    </span>
  );
}
