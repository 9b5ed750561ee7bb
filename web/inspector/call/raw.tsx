/** The call as JSON, for those who compare it with the protocol. */
import type { Raw as RawCall } from '../../../src/inspector/api.ts';
import { copy } from '../ui/announce.tsx';
import { Json } from '../ui/json.tsx';

export function Raw({ raw }: { readonly raw: RawCall }) {
  return (
    <div class="sections">
      <p class="mono">{raw.path}</p>
      <Part title="Request" value={raw.request} />
      <Part title="Reply" value={raw.reply} />
    </div>
  );
}

function Part({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <section>
      <div class="row-of">
        <h3>{title}</h3>
        <button
          type="button"
          class="button plain push"
          onClick={() => void copy(JSON.stringify(value, undefined, 2), title.toLowerCase())}
        >
          Copy
        </button>
      </div>
      <Json value={value} />
    </section>
  );
}
