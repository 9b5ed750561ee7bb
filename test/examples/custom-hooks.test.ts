/** The example of custom hooks, loaded as the server loads it. Needs the built library: it imports 'exhook-edge'. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CustomHooks, loadCustomHooks } from '../../src/app/custom-hooks.ts';
import { callHook } from '../../src/app/testing.ts';
import type { Hook, Question } from '../../src/core/hook.ts';
import type { HookName } from '../../src/protocol/schema/hook-name.ts';

const directory = fileURLToPath(new URL('../../examples/custom-hooks', import.meta.url));
const loaded = await loadCustomHooks(['./hooks.mjs'], directory);

function example(): CustomHooks {
  if (loaded.problems !== undefined)
    throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded;
}

function hookOf<Name extends HookName>(name: Name): Hook<Name> {
  const hook = example().hooks.find((candidate) => candidate.name === name);
  if (hook === undefined) throw new Error(`the example has no hook ${name}`);
  return hook as unknown as Hook<Name>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('client.authorize', () => {
  it.each([
    ['pump-1', 'devices/pump-1/config', 'allow'],
    ['pump-1', 'devices/pump-1/#', 'allow'],
    ['pump-1', 'devices/pump-2/config', 'deny'],
    ['pump-1', 'devices/pump-10/config', 'deny'],
    ['pump-1', 'devices/pump-1', 'deny'],
    ['pump-1', 'devices/+/config', 'deny'],
    ['pump-1', '#', 'deny'],
    ['+', 'devices/+/config', 'deny'],
    ['#', 'devices/#/', 'deny'],
    ['a/b', 'devices/a/b/config', 'deny'],
    ['', 'devices//config', 'deny'],
  ])('of %j for %j is answered %s', async (clientid, topic, kind) => {
    const { reply, status } = await callHook(hookOf('client.authorize'), { clientinfo: { clientid }, topic });
    expect([reply?.kind, status]).toStrictEqual([kind, 0]);
  });
});

describe('message.publish', () => {
  it.each([
    [
      'moves measurements',
      'devices/pump-1/telemetry/flow',
      20,
      { kind: 'rewrite', topic: 'telemetry/pump-1/flow' },
    ],
    [
      'keeps the levels below',
      'devices/pump-1/telemetry/a/b',
      20,
      { kind: 'rewrite', topic: 'telemetry/pump-1/a/b' },
    ],
    ['lets configuration pass that fits', 'devices/pump-1/config', 4096, { kind: 'pass' }],
    ['drops configuration that does not', 'devices/pump-1/config', 4097, { kind: 'drop' }],
    ['lets other topics of a device pass', 'devices/pump-1/log', 9999, { kind: 'pass' }],
    ['lets other topics pass', 'other', 9999, { kind: 'pass' }],
  ])('%s', async (_, topic, size, expected) => {
    const message = { id: 'M1', topic, payload: new Uint8Array(size) };
    const { reply } = await callHook(hookOf('message.publish'), { message });
    expect(reply).toMatchObject(expected);
  });

  it('reports what became of the message, by an id that a repeated call has again', async () => {
    const message = { id: 'M1', topic: 'devices/pump-1/telemetry/flow', payload: bytes('7') };
    const { events } = await callHook(hookOf('message.publish'), { message });
    expect(events).toMatchObject([
      {
        id: 'M1/message.publish',
        type: 'emqx.message.publish',
        subject: 'devices/pump-1/telemetry/flow',
        data: { outcome: 'rewrite' },
      },
    ]);
  });
});

describe('client.connected', () => {
  const hook = () => hookOf('client.connected');

  it('asks for the site of the client, and reports it', async () => {
    const asked: Question[] = [];
    const site = async (question: Question) => {
      asked.push(question);
      return 'Oslo';
    };
    const { events } = await callHook(hook(), { clientinfo: { clientid: 'c1' } }, { lookups: { site } });
    expect(asked).toStrictEqual([{ kind: 'site', clientid: 'c1' }]);
    expect(events).toMatchObject([{ type: 'emqx.client.connected', subject: 'c1', data: { site: 'Oslo' } }]);
  });

  it.each([
    ['pump-1', 'Hamburg'],
    ['pump-9', null],
    ['constructor', null],
  ])('finds the site of %s with the look-up of the example', async (clientid, site) => {
    const { lookups } = example();
    const { events } = await callHook(hook(), { clientinfo: { clientid } }, { lookups });
    expect(events).toMatchObject([{ data: { site } }]);
  });

  it('ends with a status, and without an event, when the look-up fails', async () => {
    const site = () => Promise.reject(new Error('no such file'));
    const result = await callHook(hook(), { clientinfo: { clientid: 'c1' } }, { lookups: { site } });
    expect(result).toMatchObject({ failure: 'lookup_failed', status: 14, events: [] });
  });
});
