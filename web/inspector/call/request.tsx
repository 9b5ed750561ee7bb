/** What the broker asked, as it was validated. */
import type { CallDetail } from '../../../src/inspector/api.ts';
import { Json } from '../ui/json.tsx';
import { Text } from '../ui/text.tsx';
import { PayloadView } from './payload.tsx';

export function Request({ detail: { request, row } }: { readonly detail: CallDetail }) {
  const { message, input } = request;
  return (
    <div class="sections">
      <dl class="facts">
        <Fact name="Client id" value={row.clientid} />
        <Fact name="User name" value={row.username} />
        <Fact name="Address" value={row.peerhost} />
        <Fact name="Node" value={row.node} />
        <Fact name="Topic" value={row.topic} />
        <Fact name="QoS" value={row.qos === undefined ? '' : String(row.qos)} />
      </dl>
      {message === undefined ? null : (
        <section>
          <h3>Payload</h3>
          <PayloadView payload={message.payload} />
        </section>
      )}
      <section>
        <h3>All of the request</h3>
        <Json value={input} />
      </section>
    </div>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  if (value === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd class="mono">
        <Text whole>{value}</Text>
      </dd>
    </>
  );
}
