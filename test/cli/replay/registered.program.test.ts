import { expect, it } from 'vitest';
import { keepRegistered } from '../../../src/cli/replay/registered.ts';
import { readRecording } from '../../../src/protocol/wire/read-recording.ts';
import { aProvider } from '../dev/support/fake-provider.ts';

const line = (version: string, name: string, message: object = {}) =>
  JSON.stringify({ path: `/emqx.exhook.${version}.HookProvider/${name}`, message });

function callsOf(...lines: string[]) {
  const recording = readRecording(lines.join('\n'));
  if ('problems' in recording) throw new Error(JSON.stringify(recording.problems));
  return recording.calls;
}

const published = (topic: string) => line('v3', 'OnMessagePublish', { message: { topic } });

it('Calls of hooks and topics that the server did not ask for are left out and counted', async () => {
  const hooks = [{ name: 'message.publish', topics: ['a/#'] }, { name: 'client.connected' }];
  const { url, calls: seen } = await aProvider({ hooks });
  const calls = callsOf(
    line('v3', 'OnProviderLoaded', { broker: { version: '6.2.0' } }),
    line('v3', 'OnClientAuthenticate'),
    line('v3', 'OnClientConnected'),
    published('a/1'),
    published('b/1'),
    line('v3', 'OnProviderUnloaded'),
  );
  const { calls: kept, leftOut } = await keepRegistered(calls, { url });
  expect(kept.map(({ line: number }) => number)).toStrictEqual([1, 3, 4, 6]);
  expect(Object.fromEntries(leftOut)).toStrictEqual({ 'client.authenticate': 1, 'message.publish': 1 });
  // Asked as the recorded broker asks.
  expect(seen.map(({ request }) => request.broker.version)).toStrictEqual(['6.2.0']);
});

it('Each version of the protocol is asked for its own list, with its own names', async () => {
  const { url } = await aProvider({ hooks: [{ name: 'client.check_acl' }] });
  const calls = callsOf(line('v1', 'OnClientCheckAcl'), line('v2', 'OnClientAuthorize'));
  const { calls: kept } = await keepRegistered(calls, { url });
  expect(kept.map(({ rpc }) => rpc.version)).toStrictEqual(['v1']);
});

it('A server that does not answer with a list is an error', async () => {
  const calls = callsOf(line('v3', 'OnClientConnected'));
  await expect(keepRegistered(calls, { url: 'http://127.0.0.1:1' })).rejects.toThrow('ECONNREFUSED');
});
