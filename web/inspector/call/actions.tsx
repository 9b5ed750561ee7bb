/** What to do with a call: follow its client or topic, copy it for the command line, make it again. */
import { useSignal } from '@preact/signals';
import type { CallDetail, CallRow, Replayed } from '../../../src/inspector/api.ts';
import { describeError, post } from '../api/client.ts';
import { info } from '../api/info.ts';
import { amend, filter, go } from '../frame/route.ts';
import { hasTerm, termOf, toggleTerm } from '../live/terms.ts';
import { copy } from '../ui/announce.tsx';
import { wordOf } from '../ui/verdict.ts';

interface ActionsProps {
  readonly row: CallRow;
  readonly detail: CallDetail | undefined;
}

export function Actions({ row, detail }: ActionsProps) {
  return (
    <div class="row-of actions">
      {row.clientid === '' ? null : <Follow label="Follow client" term={termOf('client', row.clientid)} />}
      {row.topic === '' ? null : (
        <Follow label="Follow topic" term={termOf('topic', firstTopic(row.topic))} />
      )}
      {detail === undefined ? null : <CopyMenu detail={detail} />}
      {info.value?.capabilities.dev === true && detail !== undefined ? (
        <Replay row={row} key={row.seq} />
      ) : null}
    </div>
  );
}

/** Several filters of one subscribe are joined by a comma. */
const firstTopic = (topic: string) => topic.split(', ')[0] ?? topic;

function Follow({ label, term }: { readonly label: string; readonly term: string }) {
  return (
    <button
      type="button"
      class="chip"
      aria-pressed={hasTerm(filter.value, term)}
      onClick={() => amend({ filter: toggleTerm(filter.value, term) })}
    >
      {label}
    </button>
  );
}

function CopyMenu({ detail: { row, copy: texts } }: { readonly detail: CallDetail }) {
  const copies: readonly [label: string, text: string | undefined, what: string][] = [
    ['as exhook test', texts.test, 'case for exhook test'],
    ['as exhook explain', texts.explain, 'exhook explain command'],
    ['as curl', texts.curl, 'curl command'],
    ['client id', row.clientid || undefined, 'client id'],
    ['topic', row.topic || undefined, 'topic'],
  ];
  return (
    <label class="copy-menu">
      <span class="hidden-text">Copy</span>
      <select
        class="chip"
        value=""
        onChange={(event) => {
          const [, text, what] = copies[Number(event.currentTarget.value)] ?? [];
          event.currentTarget.value = '';
          if (text !== undefined && what !== undefined) void copy(text, what);
        }}
      >
        <option value="" disabled>
          Copy …
        </option>
        {copies.map(([label, text], i) =>
          text === undefined ? null : (
            <option value={String(i)} key={label}>
              {label}
            </option>
          ),
        )}
      </select>
    </label>
  );
}

/** Makes the call again under the policies of now. A login needs its password: none is kept. */
function Replay({ row }: { readonly row: CallRow }) {
  const isAsking = useSignal(false);
  const password = useSignal('');
  const outcome = useSignal<string | undefined>(undefined);
  const isLogin = row.hook === 'client.authenticate';
  const run = async () => {
    isAsking.value = false;
    try {
      const body = { seq: row.seq, ...(isLogin && { password: password.value }) };
      const { seq, verdict } = await post<Replayed>('/api/replay', body);
      password.value = '';
      outcome.value = `Now: ${wordOf(verdict)}`;
      go({ call: seq });
    } catch (error) {
      outcome.value = describeError(error);
    }
  };
  return (
    <>
      <button
        type="button"
        class="chip"
        onClick={() => {
          if (isLogin) isAsking.value = !isAsking.value;
          else void run();
        }}
      >
        Replay
      </button>
      {outcome.value === undefined ? null : <span class="dim">{outcome.value}</span>}
      {isAsking.value ? (
        <form
          class="row-of ask"
          onSubmit={(event) => {
            event.preventDefault();
            void run();
          }}
        >
          <input
            class="field"
            type="password"
            aria-label="Password for the replayed login"
            placeholder="Password: none is kept"
            autocomplete="off"
            value={password.value}
            onInput={(event) => {
              password.value = event.currentTarget.value;
            }}
          />
          <button type="submit" class="button">
            Replay the login
          </button>
        </form>
      ) : null}
    </>
  );
}
