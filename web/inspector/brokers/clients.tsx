/** The clients that were seen last, with what they were granted and why they were refused. */
import { useSignal } from '@preact/signals';
import type { ClientRow, Clients } from '../../../src/inspector/api.ts';
import { go } from '../frame/route.ts';
import { termOf } from '../live/terms.ts';
import { counted } from '../ui/format.ts';
import { ago } from '../ui/now.ts';
import { usePolled } from '../ui/polled.ts';
import { Problem } from '../ui/problem.tsx';
import { Text } from '../ui/text.tsx';

/** Milliseconds. */
const EVERY = 3_000;

export function ClientList() {
  const filter = useSignal('');
  const { value, problem } = usePolled<Clients>({
    path: '/api/clients',
    query: { filter: filter.value, limit: 200 },
    every: EVERY,
  });
  return (
    <section>
      <div class="row-of">
        <h2>Clients</h2>
        <span class="dim number">{value === undefined ? '' : counted(value.total, 'client')}</span>
        <input
          class="field mono find"
          type="search"
          aria-label="Find clients"
          placeholder="Client id, user, address or node"
          autocomplete="off"
          spellcheck={false}
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
        />
      </div>
      <Problem>{problem}</Problem>
      <ul class="clients">
        {value?.clients.map((client) => (
          <Client client={client} key={`${client.node} ${client.clientid}`} />
        ))}
      </ul>
      {value !== undefined && value.total > value.clients.length ? (
        <p class="dim">The {value.clients.length} that were seen last are shown.</p>
      ) : null}
    </section>
  );
}

function Client({ client }: { readonly client: ClientRow }) {
  const { clientid, username, peerhost, node, lastSeen, calls, isConnected } = client;
  return (
    <li>
      <div class="row-of">
        <button
          type="button"
          class="place mono"
          title="Show its calls"
          onClick={() => go({ view: undefined, filter: termOf('client', clientid), call: undefined })}
        >
          <Text>{clientid}</Text>
        </button>
        <span class="dim">
          <Text>{[username && `user ${username}`, peerhost, node].filter(Boolean).join(', ')}</Text>
        </span>
        <span class="dim number push">
          {isConnected === undefined ? '' : isConnected ? 'connected, ' : 'gone, '}
          {counted(calls, 'call')}, {ago(lastSeen)}
        </span>
      </div>
      <Login client={client} />
      <Refusal client={client} />
    </li>
  );
}

function Login({ client: { login } }: { readonly client: ClientRow }) {
  if (login === undefined) return null;
  const tags = Object.entries(login.tags).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  return (
    <p class="dim">
      Admitted {ago(login.at)} by <Text>{login.by}</Text>
      {tags.length === 0 ? null : (
        <>
          , tags <Text>{tags.join(' ')}</Text>
        </>
      )}
      {login.grants === 0 ? '' : `, ${counted(login.grants, 'rule')} of its own`}
    </p>
  );
}

function Refusal({ client: { lastRefusal, refused } }: { readonly client: ClientRow }) {
  if (lastRefusal === undefined) return null;
  const { at, seq, hook, topic, by, reason } = lastRefusal;
  return (
    <p>
      <span class="deny">Refused {counted(refused, 'time')}</span>, last {ago(at)}: {hook}{' '}
      <span class="mono">
        <Text>{topic}</Text>
      </span>{' '}
      by <Text>{by}</Text>: <Text>{reason}</Text>{' '}
      <button
        type="button"
        class="place"
        onClick={() => go({ view: undefined, filter: undefined, call: seq, tab: undefined })}
      >
        Why
      </button>
    </p>
  );
}
