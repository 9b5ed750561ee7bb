import { describe, expect, it } from 'vitest';
import { Routes } from '../../src/config/sections/routes.ts';
import type { AnyHook, Hook } from '../../src/core/hook.ts';
import { findStarvedRoutes } from '../../src/events/check-hooks.ts';
import { loaded, pass } from '../../src/protocol/schema/replies.ts';

const routesOn = (...hooks: string[]) => Routes.parse([{ hooks, to: 'history' }]);
const publish = (decide: unknown, more: object = {}) =>
  ({ name: 'message.publish', decide, ...more }) as unknown as AnyHook;
const lists = (decide: unknown) => ({ name: 'provider.loaded', decide }) as unknown as AnyHook;

const silent =
  /^events\.routes\[0\]: can never get an event: the custom hook message\.publish returns events: \[\]/;
const unlisted = /the custom hook provider\.loaded does not list client\.connected/;

describe('a route of a hook that a custom hook answers', () => {
  it.each<[string, unknown]>([
    ['an arrow function', () => ({ reply: pass(), events: [] })],
    [
      'a method',
      {
        decide() {
          return { reply: pass(), events: [] };
        },
      }.decide,
    ],
  ])('can never get an event when it returns events: [] for every call, as %s', (_form, decide) => {
    expect(findStarvedRoutes(routesOn('message.publish'), [publish(decide)])).toEqual([
      expect.stringMatching(silent),
    ]);
  });

  it.each<[string, AnyHook]>([
    ['it returns a reply only', publish(() => ({ reply: pass() }))],
    ['it returns an event', publish(() => ({ reply: pass(), events: [{ type: 'x', data: {} }] }))],
    ['it looks at the message', publish((_input: unknown) => ({ reply: pass(), events: [] }))],
    ['it takes any arguments', publish((...all: unknown[]) => ({ reply: pass(), events: all.slice(2) }))],
    ['it has a default', publish((_input = {}) => ({ reply: pass(), events: [] }))],
    ['it asks a question', publish(() => ({ reply: pass(), events: [] }), { needs: () => undefined })],
    [
      'it throws',
      publish(() => {
        throw new Error('not yet');
      }),
    ],
    ['it returns nothing', publish(() => null)],
    ['it lists no hooks', lists(() => ({ reply: {} }))],
  ])('may get an event when %s', (_case, hook) => {
    expect(findStarvedRoutes(routesOn('message.publish'), [hook as AnyHook])).toEqual([]);
  });

  it('may get the events of another hook', () => {
    const hook = publish(() => ({ reply: pass(), events: [] }));
    expect(findStarvedRoutes(routesOn('message.publish', 'client.connected'), [hook])).toEqual([]);
    expect(findStarvedRoutes(routesOn('client.connected'), [hook])).toEqual([]);
  });

  it('can never get an event of a hook that a custom provider.loaded leaves out', () => {
    const hook = lists(() => ({ reply: loaded([{ name: 'message.publish', topics: [] }]) }));
    expect(findStarvedRoutes(routesOn('client.connected'), [hook])).toEqual([
      expect.stringMatching(unlisted),
    ]);
    expect(findStarvedRoutes(routesOn('message.publish'), [hook])).toEqual([]);
    expect(findStarvedRoutes(routesOn('provider.loaded'), [hook])).toEqual([]);
    const chosen = lists((_input: unknown, { policy }: Parameters<Hook['decide']>[1]) => ({
      reply: loaded(policy.hooks),
    }));
    expect(findStarvedRoutes(routesOn('client.connected'), [chosen])).toEqual([]);
  });
});
