/** What became of the events of a call, at each sink. */
import type { EventAtSink, EventDetail } from '../../../src/inspector/api.ts';
import { go } from '../frame/route.ts';
import { counted, dateAndClock } from '../ui/format.ts';
import { Text } from '../ui/text.tsx';
import { toneOfState } from '../ui/verdict.ts';

export function CallEvents({ events }: { readonly events: readonly EventDetail[] }) {
  if (events.length === 0) return <p class="dim">This call reported no event.</p>;
  return (
    <ul class="sections">
      {events.map((event) => (
        <li key={event.id}>
          <EventView event={event} />
          <button
            type="button"
            class="button plain"
            onClick={() => go({ view: 'sinks', event: event.id, call: undefined, tab: undefined })}
          >
            Follow it in Sinks
          </button>
        </li>
      ))}
    </ul>
  );
}

export function EventView({ event }: { readonly event: EventDetail }) {
  return (
    <article class="event">
      <h3 class="mono">
        <Text>{event.type}</Text>
      </h3>
      <p class="mono dim">
        <Text whole>{event.id}</Text>
      </p>
      {event.calls.length > 1 ? (
        <p class="dim">Reported by {counted(event.calls.length, 'call')}: the broker made it again.</p>
      ) : null}
      {event.sinks.length === 0 ? <p class="dim">No route took it.</p> : null}
      {event.sinks.map((at) => (
        <AtSink at={at} key={at.sink} />
      ))}
    </article>
  );
}

function AtSink({ at: { sink, state, attempts, reason, timeline } }: { readonly at: EventAtSink }) {
  return (
    <section class="at-sink">
      <p class="row-of">
        <strong>
          <Text>{sink}</Text>
        </strong>
        <span class={`badge ${toneOfState(state)}`}>{state}</span>
        {attempts > 1 ? <span class="dim">{counted(attempts, 'attempt')}</span> : null}
      </p>
      {reason === undefined ? null : (
        <p class={toneOfState(state)}>
          <Text whole>{reason}</Text>
        </p>
      )}
      <ol class="timeline">
        {timeline.map(({ at, text }, i) => (
          <li key={i}>
            <span class="dim number mono">{dateAndClock(at)}</span> <Text whole>{text}</Text>
          </li>
        ))}
      </ol>
    </section>
  );
}
