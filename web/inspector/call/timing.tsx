/** Where the time of a call went. */
import type { CallDetail } from '../../../src/inspector/api.ts';
import { milliseconds } from '../ui/format.ts';
import { Text } from '../ui/text.tsx';

interface Bar {
  readonly name: string;
  readonly start: number;
  readonly ms: number;
  readonly note?: string;
}

export function Timing({ detail: { timing, lookups } }: { readonly detail: CallDetail }) {
  const { total, budget, parts } = timing;
  return (
    <div class="sections">
      <p>
        <span class="number">{milliseconds(total)} ms</span>
        {budget === undefined ? null : (
          <span class="dim number"> of {milliseconds(budget)} ms, after which the broker gives up</span>
        )}
      </p>
      <Bars title="Parts" bars={parts} total={total} />
      {lookups.length === 0 ? null : (
        <Bars
          title="Look-ups"
          total={total}
          bars={lookups.map(({ kind, start, ms, outcome, reason }) => ({
            name: kind,
            start,
            ms: ms ?? Math.max(0, total - start),
            note: [outcome, reason].filter(Boolean).join(': '),
          }))}
        />
      )}
    </div>
  );
}

function Bars({
  title,
  bars,
  total,
}: {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly total: number;
}) {
  const share = (ms: number) => `${Math.min(100, (ms / Math.max(total, 0.001)) * 100)}%`;
  return (
    <section>
      <h3>{title}</h3>
      <ol class="bars">
        {bars.map(({ name, start, ms, note }, i) => (
          <li key={i}>
            <span>
              <Text>{name}</Text>
            </span>
            <span class="bar" aria-hidden="true">
              <span style={{ marginLeft: share(start), width: `max(2px, ${share(ms)})` }} />
            </span>
            <span class="number right">{milliseconds(ms)} ms</span>
            {note === undefined ? null : (
              <span class="dim note">
                <Text>{note}</Text>
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
