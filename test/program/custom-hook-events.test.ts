/** Events of calls that custom hooks answer, in the built server: what a route stores, and the answer to the broker. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requestOf, rpcFor } from '../support/runtime.ts';
import { aBroker, wordsOf } from './support/broker.ts';
import { exhook, startServer, temporaryDirectory } from './support/program.ts';

const rpc = rpcFor('message.publish');
const promise = { hooks: ['message.publish'], to: 'history', delivery: 'before-reply', onFailure: 'drop' };

/** A directory with a configuration whose custom hook decides so. */
function configure(hook: string, more: object = {}) {
  const directory = temporaryDirectory();
  const file = join(directory, 'exhook.yaml');
  writeFileSync(join(directory, 'hook.mjs'), `export default { name: 'message.publish', ${hook} };\n`);
  const config = {
    log: { format: 'json' },
    hooks: { custom: './hook.mjs' },
    sinks: { history: { file: { path: './events.jsonl' } } },
    events: { stdout: 'off', routes: [promise] },
    ...more,
  };
  writeFileSync(file, JSON.stringify(config));
  return { file, stored: join(directory, 'events.jsonl') };
}

async function publish(url: string, id: string) {
  const answer = await aBroker(url).call(
    rpc.path,
    requestOf(rpc, { message: { id, topic: 't', from: 'c' } }),
  );
  return wordsOf(rpc.path, answer);
}

const idsIn = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id);

describe('a message.publish route with delivery: before-reply', () => {
  it('has stored the event before the answer when the custom hook returns a reply only', async () => {
    const { file, stored } = configure(`decide: () => ({ reply: { kind: 'pass' } })`);
    const server = await startServer(['--config', file]);
    for (const id of ['m1', 'm2']) expect(await publish(server.url, id)).toBe('ignore');
    expect(idsIn(stored)).toEqual(['m1/message.publish', 'm2/message.publish']);
  });

  it('has stored the event before the answer of onError when the custom hook throws', async () => {
    const hook = `onError: 'ignore', decide: () => { throw new Error('no') }`;
    const { file, stored } = configure(hook);
    const server = await startServer(['--config', file]);
    expect(await publish(server.url, 'm1')).toBe('ignore');
    expect(idsIn(stored)).toEqual(['m1/message.publish']);
  });

  it('drops the message of a call that onError lets pass if the event cannot be stored', async () => {
    const hook = `onError: 'ignore', decide: () => { throw new Error('no') }`;
    const refuses = { http: { url: 'http://127.0.0.1:1/', timeout: '500ms' } };
    const { file } = configure(hook, { sinks: { history: refuses } });
    const server = await startServer(['--config', file]);
    const call = requestOf(rpc, { message: { id: 'm1', topic: 't', from: 'c' } });
    const broker = aBroker(server.url);
    await broker.connected();
    const answer = await broker.call(rpc.path, call, { deadline: Date.now() + 3_000 });
    expect(wordsOf(rpc.path, answer)).toMatchObject({ headers: { allow_publish: 'false' } });
    await server.kill();
  });

  it('warns once when a hook takes the event away by itself', async () => {
    const hook = `decide: ({ message }) => ({ reply: { kind: 'pass' }, events: message.topic === 't' ? [] : undefined })`;
    const { file, stored } = configure(hook);
    const server = await startServer(['--config', file]);
    for (const id of ['m1', 'm2']) expect(await publish(server.url, id)).toBe('ignore');
    await server.logged(/custom hook message\.publish returned events: \[\]/);
    expect(server.log.filter(({ message }) => /returned events/.test(message))).toHaveLength(1);
    expect(existsSync(stored) && readFileSync(stored, 'utf8')).toBeFalsy();
  });

  it('is a problem at the start when the custom hook returns events: [] for every call', async () => {
    const { file } = configure(`decide: () => ({ reply: { kind: 'pass' }, events: [] })`);
    for (const command of [
      ['check', file],
      ['serve', '--config', file],
    ]) {
      const { code, stderr } = await exhook(command);
      expect(code).toBe(2);
      expect(stderr).toMatch(/events\.routes\[0\]: can never get an event: the custom hook message\.publish/);
    }
  });
});
