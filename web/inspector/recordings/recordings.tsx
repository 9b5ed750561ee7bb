/** Recordings: what brokers call, kept in the server's memory, to try policies on or to keep as a file. */
import { signal, useSignal } from '@preact/signals';
import type { RecordingRow, Recordings as RecordingsAnswer } from '../../../src/inspector/api.ts';
import { describeError, open, post, withQuery } from '../api/client.ts';
import { go } from '../frame/route.ts';
import { bytes, counted } from '../ui/format.ts';
import { ago } from '../ui/now.ts';
import { usePolled } from '../ui/polled.ts';
import { Problem } from '../ui/problem.tsx';
import { Text } from '../ui/text.tsx';
import { Upload } from './upload.tsx';

/** Milliseconds. */
const EVERY = 1_000;

const trouble = signal<string | undefined>(undefined);

/** Does it, and says what went wrong. */
export async function attempt(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
    trouble.value = undefined;
  } catch (error) {
    trouble.value = describeError(error);
  }
}

export function Recordings() {
  const { value, problem } = usePolled<RecordingsAnswer>({ path: '/api/recordings', every: EVERY });
  return (
    <>
      <Start isRunning={value?.recordings.some(({ isRunning }) => isRunning) ?? false} />
      <Problem>{trouble.value ?? problem}</Problem>
      {value?.recordings.length === 0 ? (
        <p class="dim">Nothing is recorded. Recordings end with exhook.</p>
      ) : null}
      <ul class="sections">
        {value?.recordings.map((recording) => (
          <li class="card" key={recording.id}>
            <Recording recording={recording} />
          </li>
        ))}
      </ul>
      <Upload />
    </>
  );
}

function Start({ isRunning }: { readonly isRunning: boolean }) {
  const name = useSignal('');
  return (
    <form
      class="row-of search"
      onSubmit={(event) => {
        event.preventDefault();
        const given = name.value.trim();
        void attempt(() => post('/api/recordings', given === '' ? {} : { name: given }));
        name.value = '';
      }}
    >
      <input
        class="field"
        aria-label="Name of the recording"
        placeholder="Name (optional)"
        value={name.value}
        onInput={(event) => {
          name.value = event.currentTarget.value;
        }}
      />
      <button type="submit" class="button main">
        {isRunning ? 'Start another recording' : 'Start recording'}
      </button>
    </form>
  );
}

function Recording({ recording }: { readonly recording: RecordingRow }) {
  const { id, name, isRunning, startedAt, calls, bytes: size, lost } = recording;
  const path = `/api/recordings/${encodeURIComponent(id)}`;
  return (
    <>
      <div class="row-of">
        <h2>
          <Text>{name}</Text>
        </h2>
        {isRunning ? <span class="badge changed">records</span> : null}
        <span class="dim number push">
          {counted(calls, 'call')}, {bytes(size)}, {ago(startedAt)}
        </span>
      </div>
      {lost > 0 ? <p class="warn">{counted(lost, 'call')} found no room: a recording holds 64 MiB.</p> : null}
      <div class="row-of">
        {isRunning ? (
          <button type="button" class="button" onClick={() => void attempt(() => post(`${path}/stop`, {}))}>
            Stop
          </button>
        ) : null}
        <button type="button" class="button" onClick={() => go({ view: 'policy', recording: id })}>
          Try a policy on it
        </button>
        <button type="button" class="button" onClick={() => void attempt(() => download(path, name))}>
          Download
        </button>
        <button
          type="button"
          class="button plain"
          onClick={() => void attempt(() => open(path, { method: 'DELETE' }))}
        >
          Remove
        </button>
      </div>
    </>
  );
}

/** A link could not carry the token. */
async function download(path: string, name: string): Promise<void> {
  const response = await open(withQuery(path, {}));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = `${name.replaceAll(/[^\w.-]+/g, '-') || 'recording'}.jsonl`;
  link.click();
  URL.revokeObjectURL(link.href);
}
