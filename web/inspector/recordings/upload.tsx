/** Takes a recording from a file: dropped here, or chosen. */
import { useSignal } from '@preact/signals';
import { open, withQuery } from '../api/client.ts';
import { attempt } from './recordings.tsx';

/** 64 MiB: what the server takes. */
const MOST_BYTES = 67_108_864;

export function Upload() {
  const isOver = useSignal(false);
  const take = (files: FileList | null | undefined) => {
    for (const file of files ?? []) void attempt(() => send(file));
  };
  return (
    <label
      class={`drop ${isOver.value ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => {
        isOver.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        take(event.dataTransfer?.files);
      }}
    >
      Drop a file of <code>exhook serve --record</code> here, or choose one
      <input
        type="file"
        accept=".jsonl,.ndjson"
        aria-label="A recording from a file"
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
    </label>
  );
}

async function send(file: File): Promise<void> {
  if (file.size > MOST_BYTES)
    throw new Error(`${file.name} is larger than 64 MiB: cut it, such as with head`);
  await open(withQuery('/api/recordings', { name: file.name.replace(/\.\w+$/, '') }), {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: file,
  });
}
