import { describe, expect, it } from 'vitest';
import { builtInEvents } from '../../src/app/built-in-events.ts';
import { replaceHooks } from '../../src/app/custom-hooks.ts';
import { type AnyHook, defineHook } from '../../src/core/hook.ts';
import { hooks as builtIn } from '../../src/core/hooks/index.ts';
import { type HookName, hookNames } from '../../src/protocol/schema/hook-name.ts';
import { allow, loaded, observed, pass } from '../../src/protocol/schema/replies.ts';
import { aRuntime, callWith } from '../support/runtime.ts';

const replies: Partial<Record<HookName, object>> = {
  'client.authenticate': allow(),
  'client.authorize': allow(),
  'message.publish': pass(),
  'message.ingress': pass(),
  'provider.loaded': loaded([]),
};

/** A foreign hook that returns this beside its reply. */
function customHook(name: HookName, more: object): AnyHook {
  return { name, decide: () => ({ reply: replies[name] ?? observed(), ...more }) } as unknown as AnyHook;
}

/** What any of the calls needs; each takes its own fields. */
const request = { broker: {}, clientinfo: {}, conninfo: {}, message: { id: 'm1', topic: 't' } };

function eventsOf(...custom: AnyHook[]) {
  const hook = custom[0]?.name ?? 'message.publish';
  const runtime = aRuntime({ hooks: replaceHooks(builtIn, custom) });
  callWith(hook, request, runtime);
  expect(runtime.failures).toEqual([]);
  return runtime.events();
}

describe('a custom hook', () => {
  it.each(hookNames)('that returns a reply only keeps the built-in event of %s', (name) => {
    const runtime = aRuntime();
    callWith(name, request, runtime);
    expect(eventsOf(customHook(name, {}))).toEqual(runtime.events());
    expect(eventsOf(customHook(name, { events: undefined }))).toEqual(runtime.events());
    const isDecided = name === 'client.authenticate' || name === 'client.authorize';
    expect(runtime.events()).toHaveLength(isDecided ? 0 : 1);
  });

  it('that returns events reports those and no others', () => {
    const own = { type: 'mine', data: {} };
    expect(eventsOf(customHook('message.publish', { events: [] }))).toEqual([]);
    expect(eventsOf(customHook('message.publish', { events: [own] }))).toMatchObject([own]);
  });

  it('of message.ingress still says how onError: deny refuses', () => {
    const own = defineHook({
      name: 'message.ingress',
      refusesWith: 'deny',
      decide: () => ({ reply: pass() }),
    });
    expect(replaceHooks(builtIn, [own])['message.ingress'].refusesWith).toBe('deny');
  });

  it('keeps its own state, its questions and its onError', async () => {
    class Counter {
      readonly name = 'message.publish' as const;
      readonly onError = 'deny' as const;
      #calls = 0;
      needs(_input: unknown, { answers }: { answers: object }) {
        this.#calls++;
        return 'q' in answers ? undefined : { kind: 'q' };
      }
      decide() {
        return { reply: pass(), events: [{ type: `asked ${this.#calls}`, data: {} }] };
      }
    }
    const table = replaceHooks(builtIn, [new Counter() as unknown as AnyHook]);
    expect(table['message.publish'].onError).toBe('deny');
    const runtime = aRuntime({ hooks: table, lookups: { q: () => 1 } });
    await callWith('message.publish', { message: { id: 'm1', topic: 't' } }, runtime);
    expect(runtime.events()).toMatchObject([{ type: 'asked 2' }]);
  });

  it.each([[async () => ({ reply: pass() })], [() => null], [() => 'x'], [() => ({})]])(
    'that returns no outcome still fails as invalid_reply: %s',
    (decide) => {
      const hook = { name: 'message.publish', decide } as unknown as AnyHook;
      const runtime = aRuntime({ hooks: replaceHooks(builtIn, [hook]) });
      callWith('message.publish', { message: { id: 'm1', topic: 't' } }, runtime);
      expect(runtime.failures).toMatchObject([{ code: 'invalid_reply' }]);
    },
  );
});

describe('builtInEvents', () => {
  it('asks no policy', () => {
    const input = { clientinfo: {}, type: 0, topic: 't' } as never;
    const policed = defineHook({ name: 'client.authorize', decide: () => ({ reply: allow() }) });
    expect(builtInEvents(policed as AnyHook, input)).toEqual([]);
    expect(builtInEvents(builtIn['client.authorize'] as AnyHook, input)).toEqual([]);
  });
});
