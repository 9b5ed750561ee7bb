import { describe, expect, it } from 'vitest';
import { registeredHooks } from '../../src/config/hook-list.ts';
import { Config, type ConfigInput } from '../../src/config/schema.ts';
import type { HookName } from '../../src/protocol/schema/hook-name.ts';

function list(input: ConfigInput, custom: HookName[] = []) {
  return registeredHooks(Config.parse(input), custom);
}

const off = { events: { stdout: 'off' } } as const;

describe('registeredHooks', () => {
  it('registers the notification hooks and message.publish when events go somewhere', () => {
    expect(list({}).map(({ name }) => name)).toEqual([
      'client.connect',
      'client.connack',
      'client.connected',
      'client.disconnected',
      'client.subscribe',
      'client.unsubscribe',
      'session.created',
      'session.subscribed',
      'session.unsubscribed',
      'session.resumed',
      'session.discarded',
      'session.takenover',
      'session.terminated',
      'message.publish',
      'message.delivered',
      'message.dropped',
      'message.acked',
    ]);
    expect(list({})[0]).toEqual({
      name: 'client.connect',
      topics: [],
      because: 'its events go to standard output (events.stdout)',
    });
  });

  it('registers nothing when nobody wants events', () => {
    expect(list(off)).toEqual([]);
  });

  it('honours an explicit list as it is written, in the order of the protocol', () => {
    const register = [{ hook: 'message.publish', topics: ['a/#', 'b'] }, 'client.connected'] as const;
    const because = 'hooks.register lists it';
    const hooks = [
      { name: 'client.connected', topics: [], because },
      { name: 'message.publish', topics: ['a/#', 'b'], because },
    ];
    const input = {
      hooks: {
        register: register.map((item) =>
          typeof item === 'string' ? item : { ...item, topics: [...item.topics] },
        ),
      },
    };
    expect(list(input)).toEqual(hooks);
    expect(list({ ...input, ...off })).toEqual(hooks);
    expect(list({ hooks: { register: [] } })).toEqual([]);
  });

  it('always registers custom hooks, those about logins and actions among them', () => {
    const because = 'a custom hook answers it (hooks.custom)';
    expect(list(off, ['client.authorize', 'client.authenticate'])).toEqual([
      { name: 'client.authenticate', topics: [], because },
      { name: 'client.authorize', topics: [], because },
    ]);
    expect(list({ hooks: { register: [] } }, ['message.acked'])).toEqual([
      { name: 'message.acked', topics: [], because },
    ]);
  });

  it('gives a custom hook the topics that the list names', () => {
    const input: ConfigInput = { hooks: { register: [{ hook: 'message.publish', topics: ['a'] }] } };
    expect(list(input, ['message.publish'])).toEqual([
      {
        name: 'message.publish',
        topics: ['a'],
        because: 'hooks.register lists it; a custom hook answers it (hooks.custom)',
      },
    ]);
  });

  it('never holds the hooks about the provider: brokers always call them', () => {
    expect(list(off, ['provider.loaded', 'provider.unloaded'])).toEqual([]);
  });

  it('asks for the messages that rules may match, besides those needed elsewhere', () => {
    const publish = {
      rules: [
        { topics: ['in/${clientid}', 'a/#'], stop: true },
        { topics: 'a/b', drop: true },
      ],
    };
    const because = 'rules decide messages (publish)';
    const stdout = { stdout: 'off' } as const;
    const named = (input: ConfigInput) => list(input).filter(({ name }) => name === 'message.publish');
    expect(named({ events: stdout, publish } as ConfigInput)).toStrictEqual([
      { name: 'message.publish', topics: ['in/+', 'a/#'], because },
    ]);
    expect(named({ publish } as ConfigInput)).toMatchObject([{ topics: [] }]);
    expect(
      named({
        publish,
        hooks: { register: [{ hook: 'message.publish', topics: ['b', 'a/1'] }] },
      } as ConfigInput),
    ).toMatchObject([{ topics: ['b', 'in/+', 'a/#'], because: `hooks.register lists it; ${because}` }]);
    expect(
      named({ events: stdout, publish: { rules: [...publish.rules, { drop: true }] } } as ConfigInput),
    ).toMatchObject([{ topics: [] }]);
    expect(
      named({ events: stdout, publish: { mode: 'shadow', rules: publish.rules } } as ConfigInput),
    ).toMatchObject([{ because: 'rules watch messages (publish)' }]);
    expect(named({ events: stdout, publish: { rules: [] } })).toStrictEqual([]);
    expect(
      named({ events: stdout, publish: { rules: [{ topics: { eq: 'a/+' }, drop: true }] } }),
    ).toStrictEqual([]);
  });
});
