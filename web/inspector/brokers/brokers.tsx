/** Brokers and clients: who calls, with which hooks, and what is wrong there. */
import type { BrokerNode, Brokers as BrokersAnswer, Finding } from '../../../src/inspector/api.ts';
import { count } from '../ui/format.ts';
import { ago } from '../ui/now.ts';
import { usePolled } from '../ui/polled.ts';
import { Problem } from '../ui/problem.tsx';
import { Text } from '../ui/text.tsx';
import { ClientList } from './clients.tsx';
import { Hooks } from './hooks.tsx';

/** Milliseconds. */
const EVERY = 3_000;

export function Brokers() {
  const { value, problem } = usePolled<BrokersAnswer>({ path: '/api/brokers', every: EVERY });
  return (
    <>
      <Problem>{problem}</Problem>
      {value === undefined ? null : (
        <>
          {value.warnings.map((text) => (
            <p class="notice warn" key={text}>
              <Text whole>{text}</Text>
            </p>
          ))}
          {value.findings?.map((finding) => (
            <FindingView finding={finding} key={finding.id} />
          ))}
          <Nodes brokers={value} />
          <Hooks brokers={value} />
        </>
      )}
      <ClientList />
    </>
  );
}

function FindingView({ finding: { severity, what, why, fix } }: { readonly finding: Finding }) {
  const tone = { error: 'deny', warning: 'warn', note: '' }[severity];
  return (
    <div class={`notice ${tone}`}>
      <p>
        <strong>
          <Text whole>{what}</Text>
        </strong>
      </p>
      <p>
        <Text whole>{why}</Text>
      </p>
      <p class="dim">
        <Text whole>{fix}</Text>
      </p>
    </div>
  );
}

function Nodes({ brokers: { nodes } }: { readonly brokers: BrokersAnswer }) {
  if (nodes.length === 0) return <p class="dim">No broker has called yet.</p>;
  return (
    <section>
      <h2>Nodes</h2>
      <div class="wide">
        <table class="table">
          <thead>
            <tr>
              <th>Node</th>
              <th>EMQX</th>
              <th>Protocol</th>
              <th class="right">Calls</th>
              <th>Last call</th>
              <th>Hook list</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((node) => (
              <NodeRow node={node} key={node.node} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function NodeRow({
  node: { node, version, protocol, calls, isOutdated, list },
}: {
  readonly node: BrokerNode;
}) {
  const tallies = Object.values(calls);
  const last = Math.max(0, ...tallies.map((tally) => tally.last));
  return (
    <tr>
      <td class="mono">
        <Text>{node}</Text>
      </td>
      <td>{version === '' ? <span class="dim">unknown</span> : <Text>{version}</Text>}</td>
      <td>{protocol}</td>
      <td class="right">{count(tallies.reduce((sum, tally) => sum + tally.calls, 0))}</td>
      <td class="number">{last === 0 ? 'never' : ago(last)}</td>
      <td>
        {isOutdated ? (
          <span class="badge warn">outdated</span>
        ) : (
          <span class="dim">{list === undefined ? 'not asked for' : 'as registered'}</span>
        )}
      </td>
    </tr>
  );
}
