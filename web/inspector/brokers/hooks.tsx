/** What is registered beside what is called: a hook without calls may have a filter that fits nothing. */
import type { Brokers } from '../../../src/inspector/api.ts';
import { count } from '../ui/format.ts';
import { Text } from '../ui/text.tsx';

export function Hooks({ brokers: { registered, nodes } }: { readonly brokers: Brokers }) {
  const callsOf = (hook: string) => nodes.reduce((sum, { calls }) => sum + (calls[hook]?.calls ?? 0), 0);
  const called = [...new Set(nodes.flatMap(({ calls }) => Object.keys(calls)))];
  const unasked = called.filter(
    (hook) => !hook.startsWith('provider.') && !registered.some(({ name }) => name === hook),
  );
  return (
    <section>
      <h2>Hooks</h2>
      <div class="wide">
        <table class="table">
          <thead>
            <tr>
              <th>Hook</th>
              <th class="right">Calls</th>
              <th>Topics</th>
              <th>Registered because</th>
            </tr>
          </thead>
          <tbody>
            {registered.map(({ name, topics, because }) => (
              <tr key={name}>
                <td class="mono">{name}</td>
                <td class="right">
                  {callsOf(name) === 0 ? <span class="dim">none</span> : count(callsOf(name))}
                </td>
                <td class="mono">
                  <Text>{topics.join(', ')}</Text>
                </td>
                <td class="dim">
                  <Text>{because}</Text>
                </td>
              </tr>
            ))}
            {unasked.map((name) => (
              <tr key={name}>
                <td class="mono">{name}</td>
                <td class="right">{count(callsOf(name))}</td>
                <td />
                <td class="warn">called, but not registered: an older hook list</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
