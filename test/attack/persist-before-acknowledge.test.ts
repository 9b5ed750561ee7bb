/** What was answered as stored is stored, whatever answers the call and whenever the server dies. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aBroker, wordsOf } from '../program/support/broker.ts';
import { startServer, temporaryDirectory } from '../program/support/program.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';

const rpc = rpcFor('message.publish');
const PUBLISHES = 400;

const hooks: Record<string, string> = {
  'returns a reply only': `decide: () => ({ reply: { kind: 'pass' } })`,
  'throws, with onError: ignore': `onError: 'ignore', decide: () => { throw new Error('no') }`,
  'asks, and its look-up fails, with onError: allow': `onError: 'allow', needs: () => ({ kind: 'none' }), decide: () => ({})`,
};

describe('a server with a before-reply route that is killed while it is called', () => {
  it.each(Object.entries(hooks))('stores the event of every answer if a custom hook %s', async (_, hook) => {
    const directory = temporaryDirectory();
    const file = join(directory, 'exhook.yaml');
    const route = {
      hooks: ['message.publish'],
      to: 'history',
      delivery: 'before-reply',
      onFailure: 'drop',
    };
    writeFileSync(join(directory, 'hook.mjs'), `export default { name: 'message.publish', ${hook} };\n`);
    const sinks = { history: { file: { path: './events.jsonl' } } };
    const config = { hooks: { custom: './hook.mjs' }, sinks, events: { stdout: 'off', routes: [route] } };
    writeFileSync(file, JSON.stringify(config));
    const server = await startServer(['--config', file]);
    const broker = aBroker(server.url);
    const acknowledged: string[] = [];
    const publish = async (id: string) => {
      const answer = await broker.call(rpc.path, requestOf(rpc, { message: { id, topic: 't', from: id } }));
      if (wordsOf(rpc.path, answer) === 'ignore') acknowledged.push(`${id}/message.publish`);
      if (acknowledged.length === PUBLISHES / 4) server.child.kill('SIGKILL');
    };
    await Promise.all(Array.from({ length: PUBLISHES }, (_unused, i) => publish(`m${i}`)));
    const stored = join(directory, 'events.jsonl');
    const lines = existsSync(stored) ? readFileSync(stored, 'utf8').split('\n').slice(0, -1) : [];
    const ids = new Set(lines.map((line) => JSON.parse(line).id));
    expect(acknowledged.length).toBeGreaterThanOrEqual(PUBLISHES / 4);
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
  });
});
