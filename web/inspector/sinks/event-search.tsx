/** One event by its id, wherever it is now. The id is in the URL. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { EventDetail } from '../../../src/inspector/api.ts';
import { EventView } from '../call/events.tsx';
import { amend, eventId, go } from '../frame/route.ts';
import { usePolled } from '../ui/polled.ts';
import { Problem } from '../ui/problem.tsx';

/** Milliseconds. */
const EVERY = 2_000;

export function EventSearch() {
  const typed = useSignal(eventId.value);
  useEffect(() => {
    typed.value = eventId.value;
  }, [eventId.value, typed]);
  return (
    <section class="search">
      <form
        class="row-of"
        onSubmit={(event) => {
          event.preventDefault();
          amend({ event: typed.value.trim() });
        }}
      >
        <input
          class="field mono"
          type="search"
          aria-label="Event id"
          placeholder="Follow one event by its id"
          autocomplete="off"
          spellcheck={false}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="button">
          Find
        </button>
      </form>
      {eventId.value === '' ? null : <Found id={eventId.value} key={eventId.value} />}
    </section>
  );
}

function Found({ id }: { readonly id: string }) {
  const path = `/api/events/${encodeURIComponent(id)}`;
  const { value, problem } = usePolled<EventDetail>({ path, every: EVERY });
  const [seq] = value?.calls ?? [];
  return (
    <div class="card">
      <Problem>{problem}</Problem>
      {value === undefined ? null : <EventView event={value} />}
      {seq === undefined ? null : (
        <div>
          <button
            type="button"
            class="button"
            onClick={() => go({ view: undefined, event: undefined, filter: undefined, call: seq })}
          >
            Open the call that reported it
          </button>
        </div>
      )}
    </div>
  );
}
