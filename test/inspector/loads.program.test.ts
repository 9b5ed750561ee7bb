/** Off unless configured: then nothing of it is loaded. On: all of it before the port opens. */
import { expect, it } from 'vitest';
import { encodeRequest } from '../../src/protocol/wire/encode-request.ts';
import { aBroker } from '../program/support/broker.ts';
import { startServer } from '../program/support/program.ts';
import { inputs } from '../support/inputs.ts';
import { rpcFor } from '../support/runtime.ts';
import { TOKEN } from './support.ts';

const report = new URL('../program/support/report-loads.mjs', import.meta.url).href;
const env = { NODE_OPTIONS: `--import ${report}` };

async function startWith(flags: readonly string[]) {
  const server = await startServer(['--watchdog', 'off', ...flags], { env });
  const rpc = rpcFor('client.authorize');
  await aBroker(server.url).call(rpc.path, encodeRequest(rpc, inputs()['client.authorize']));
  const messages = server.log.map(({ message }) => message);
  const loaded = messages.filter((message) => message.startsWith('loaded '));
  const start = messages.findIndex((message) => message.startsWith('listening on '));
  return { server, loaded, isLate: (message: string) => messages.indexOf(message) > start };
}

const isInspector = (message: string) => /\/(inspector|tap)-\w+\.js$/.test(message);

it('Without the section, nothing of the inspector is loaded', async () => {
  const { loaded } = await startWith([]);
  expect(loaded.length).toBeGreaterThan(0);
  expect(loaded.filter(isInspector)).toEqual([]);
});

it('With it, all is loaded before the port opens, whatever is asked of it afterwards', async () => {
  const { server, loaded, isLate } = await startWith(['--inspector-port', '0', '--inspector-token', TOKEN]);
  expect(loaded.filter(isInspector)).toHaveLength(2);
  const { message } = await server.logged(/^the inspector is at /);
  const base = /http:\/\/\S+:\d+/.exec(message)?.[0] ?? '';
  for (const path of [
    'info',
    'calls?filter=when:%20true',
    'calls/1',
    'calls/1/why',
    'sinks',
    'series',
    'brokers',
    'clients',
  ])
    expect(
      (await fetch(`${base}/api/${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })).status,
    ).toBe(200);
  const late = server.log
    .map((line) => line.message)
    .filter((line) => line.startsWith('loaded ') && isLate(line));
  expect(late).toEqual([]);
});
