/** Sinks: what waits, what went, what failed, and the way of one event. */
import type { SinkRow, Sinks as SinksAnswer } from '../../../src/inspector/api.ts';
import { bytes, count, counted } from '../ui/format.ts';
import { Meter } from '../ui/meter.tsx';
import { ago } from '../ui/now.ts';
import { usePolled } from '../ui/polled.ts';
import { Problem } from '../ui/problem.tsx';
import { Text } from '../ui/text.tsx';
import { EventSearch } from './event-search.tsx';

/** Milliseconds. */
const EVERY = 2_000;

export function Sinks() {
  const { value, problem } = usePolled<SinksAnswer>({ path: '/api/sinks', every: EVERY });
  return (
    <>
      <EventSearch />
      <Problem>{problem}</Problem>
      {value === undefined && problem === undefined ? <p class="dim">Loading …</p> : null}
      {value?.sinks.length === 0 ? (
        <p class="dim">
          No sink is configured: events go nowhere. Add one under <code>sinks</code> and a route under{' '}
          <code>events.routes</code>.
        </p>
      ) : null}
      {value?.sinks.map((sink) => (
        <SinkView sink={sink} key={sink.name} />
      ))}
    </>
  );
}

const states: Readonly<Record<SinkRow['state'], readonly [word: string, tone: string]>> = {
  ok: ['delivers', 'quiet'],
  retrying: ['retries', 'warn'],
  down: ['does not take events', 'deny'],
};

function SinkView({ sink }: { readonly sink: SinkRow }) {
  const [word, tone] = states[sink.state];
  return (
    <section class="card sink" aria-label={`Sink ${sink.name}`}>
      <header class="row-of">
        <h2>
          <Text>{sink.name}</Text>
        </h2>
        <span class="dim">{sink.kind}</span>
        <span class={`badge ${tone}`}>{word}</span>
        <span class="number push">
          {sink.rate < 10 ? sink.rate.toFixed(1) : count(Math.round(sink.rate))} events/s
        </span>
      </header>
      {sink.lastError === undefined ? null : (
        <p class={sink.state === 'ok' ? 'dim' : ''}>
          Last error, {ago(sink.lastError.at)}: <Text whole>{sink.lastError.message}</Text>
        </p>
      )}
      <Meter
        label="Queue"
        text={`${counted(sink.queued, 'event')}, ${bytes(sink.queuedBytes)}`}
        share={Math.max(sink.queued / sink.queueLimit, sink.queuedBytes / sink.queueLimitBytes) || 0}
      />
      <Numbers sink={sink} />
      <DeadLetters sink={sink} />
    </section>
  );
}

function Numbers({ sink }: { readonly sink: SinkRow }) {
  const dropped = Object.entries(sink.dropped).filter(([, number]) => number > 0);
  const numbers: readonly [name: string, value: string][] = [
    ['Delivered', count(sink.delivered)],
    ['Retried', count(sink.retried)],
    ['Rejected', count(sink.rejected)],
    ['Dropped', dropped.map(([reason, number]) => `${count(number)} ${reason}`).join(', ') || '0'],
    ['On disk', sink.spooled === 0 ? '0' : `${count(sink.spooled)}, ${bytes(sink.spooledBytes)}`],
    ['Unconfirmed', count(sink.unconfirmed)],
    ['Circuit', sink.circuit],
    ['Last delivered', sink.lastDelivered === undefined ? 'never' : ago(sink.lastDelivered)],
  ];
  return (
    <dl class="numbers">
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function DeadLetters({ sink: { deadLetters } }: { readonly sink: SinkRow }) {
  if (deadLetters.length === 0) return null;
  return (
    <details>
      <summary>{counted(deadLetters.length, 'rejected event')}, the newest first</summary>
      <ul class="letters">
        {deadLetters.map(({ at, id, reason }) => (
          <li key={id}>
            <span class="dim number">{ago(at)}</span>{' '}
            <span class="mono">
              <Text>{id}</Text>
            </span>{' '}
            <Text whole>{reason}</Text>
          </li>
        ))}
      </ul>
    </details>
  );
}
