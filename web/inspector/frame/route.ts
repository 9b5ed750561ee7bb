/** What the URL says: the view, the filter, the call that is open. Reload, back and a sent link give the same page. */
import { computed, signal } from '@preact/signals';

const search = signal(location.search);
addEventListener('popstate', () => {
  search.value = location.search;
});

const parameters = computed(() => new URLSearchParams(search.value));

export const view = computed(() => parameters.value.get('view') ?? 'live');
export const filter = computed(() => parameters.value.get('filter') ?? '');
/** The sequence number of the open call. */
export const openSeq = computed(() => {
  const text = parameters.value.get('call') ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
});
export const callTab = computed(() => parameters.value.get('tab') ?? 'why');
/** The event that the view of sinks follows. */
export const eventId = computed(() => parameters.value.get('event') ?? '');
/** The path of the configuration at which the view of the policy opens. */
export const policyPath = computed(() => parameters.value.get('at') ?? '');
/** The recording that the policy is to be tried on. */
export const recordingId = computed(() => parameters.value.get('recording') ?? '');

type Change = Readonly<Record<string, string | number | undefined>>;

/** The URL with some parameters set; undefined or empty takes one away. */
export function urlWith(change: Change): string {
  const next = new URLSearchParams(search.value);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, String(value));
  }
  const text = next.toString();
  return text === '' ? location.pathname : `${location.pathname}?${text}`;
}

/** Another place: the back button returns. */
export function go(change: Change): void {
  history.pushState(null, '', urlWith(change));
  search.value = location.search;
}

/** Changes the address without a new entry in the history: while the user types or walks through a list. */
export function amend(change: Change): void {
  history.replaceState(null, '', urlWith(change));
  search.value = location.search;
}
