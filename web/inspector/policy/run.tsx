/** Which calls the draft is tried on: the last ones, or a recording. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Recordings } from '../../../src/inspector/api.ts';
import { get } from '../api/client.ts';
import { info } from '../api/info.ts';
import { recordingId } from '../frame/route.ts';
import { counted } from '../ui/format.ts';
import { compare, inForce, isComparing, problems } from './draft.ts';

export function Run() {
  const recordings = useSignal<Recordings['recordings']>([]);
  const chosen = useSignal(recordingId.value);
  const isDev = info.value?.capabilities.dev === true;
  useEffect(() => {
    if (!isDev) return;
    get<Recordings>('/api/recordings').then(
      (answer) => {
        recordings.value = answer.recordings;
      },
      // The last calls can be tried all the same.
      () => {},
    );
  }, [isDev, recordings]);
  const kept = info.value?.ring.calls ?? 0;
  return (
    <form
      class="row-of"
      onSubmit={(event) => {
        event.preventDefault();
        void compare(chosen.value === '' ? {} : { recording: chosen.value });
      }}
    >
      <button
        type="submit"
        class="button main"
        disabled={inForce.value === undefined || isComparing.value || problems.value.length > 0}
      >
        {isComparing.value ? 'Running …' : 'Run'}
      </button>
      <label class="row-of">
        on
        <select
          class="field"
          value={chosen.value}
          onChange={(event) => {
            chosen.value = event.currentTarget.value;
          }}
        >
          <option value="">the last {kept === 0 ? 'calls' : counted(kept, 'call')}</option>
          {recordings.value.map(({ id, name, calls }) => (
            <option value={id} key={id}>
              {name} ({counted(calls, 'call')})
            </option>
          ))}
        </select>
      </label>
    </form>
  );
}
