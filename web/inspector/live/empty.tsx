/** Says what to do while the list is empty. */
import { info } from '../api/info.ts';
import { connection } from '../api/stream.ts';
import { amend, filter } from '../frame/route.ts';
import { problem } from './feed.ts';

export function Empty() {
  const { state } = connection.value;
  if (problem.value !== undefined) return null;
  if (state !== 'open') return <div class="empty dim">Connecting to the inspector …</div>;
  return <div class="empty">{filter.value === '' ? <NoCalls /> : <NoMatch />}</div>;
}

function NoMatch() {
  return (
    <>
      <h2>No call matches this filter</h2>
      <p class="dim">New calls that match appear here.</p>
      <button type="button" class="button" onClick={() => amend({ filter: undefined })}>
        Clear the filter
      </button>
    </>
  );
}

function NoCalls() {
  const { capabilities, listen } = info.value ?? {};
  const broker = capabilities?.mqtt?.tcp;
  return (
    <>
      <h2>No call yet</h2>
      {broker === undefined ? (
        <p class="dim">
          Add this server to EMQX as an ExHook server: <code>{listen}</code>. Its calls appear here.
        </p>
      ) : (
        <>
          <p class="dim">Connect any MQTT client to the dev broker. What it does appears here.</p>
          <pre class="block">{publishLine(broker)}</pre>
        </>
      )}
    </>
  );
}

/** A line for a shell. @param address `127.0.0.1:1883` or `mqtt://127.0.0.1:1883` */
function publishLine(address: string): string {
  const { hostname, port } = new URL(address.includes('://') ? address : `mqtt://${address}`);
  return `mosquitto_pub -h ${hostname} -p ${port || 1883} -i pump-1 -t plant/pump-1/state -m '{"t":21.5}'`;
}
