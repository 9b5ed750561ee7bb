/** The filter: typed, put together from chips, and kept in the URL. The server reads it. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { amend, filter } from '../frame/route.ts';
import { problem } from './feed.ts';
import { hasTerm, toggleTerm } from './terms.ts';

/** Milliseconds without a key after which what was typed is asked for. */
const TYPING = 350;

const chips: readonly [label: string, term: string, title: string][] = [
  ['Refused', 'is:refused', 'Denied logins and topics, dropped messages, failed calls'],
  ['Failed', 'is:failed', 'Calls with an error, also where onError answered'],
  ['Slow', 'ms>100', 'Calls that took more than 100 ms'],
  ['Logins', 'hook:authenticate', 'Logins that were asked about'],
  ['Messages', 'hook:message.*', 'Messages: published, delivered, acknowledged, dropped'],
];

export function Filter() {
  const typed = useSignal(filter.value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // Back, a chip, or a followed client changes it elsewhere.
  useEffect(() => {
    typed.value = filter.value;
  }, [filter.value, typed]);
  const apply = () => {
    clearTimeout(timer.current);
    amend({ filter: typed.peek().trim() });
  };
  const onInput = (text: string) => {
    typed.value = text;
    clearTimeout(timer.current);
    timer.current = setTimeout(apply, TYPING);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') apply();
    else if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    document.getElementById('calls')?.focus();
  };
  return (
    <div class="filter">
      <input
        class="field mono"
        id="filter"
        type="search"
        aria-label="Filter calls"
        aria-invalid={problem.value !== undefined}
        aria-describedby="filter-problem"
        placeholder="Filter, such as verdict:deny client:pump-* topic:plant/#"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={typed.value}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="chips">
        {chips.map(([label, term, title]) => (
          <button
            type="button"
            class="chip"
            key={term}
            title={title}
            aria-pressed={hasTerm(filter.value, term)}
            onClick={() => amend({ filter: toggleTerm(filter.value, term) })}
          >
            {label}
          </button>
        ))}
      </div>
      <p class="problem deny" id="filter-problem" role="alert">
        {problem.value}
      </p>
    </div>
  );
}
