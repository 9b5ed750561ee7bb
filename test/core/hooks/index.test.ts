import { describe, expect, it } from 'vitest';
import { findHookProblem, type Hook, type HookTable } from '../../../src/core/hook.ts';
import { hooks } from '../../../src/core/hooks/index.ts';
import { schemas } from '../../../src/protocol/schema/compiled.ts';
import { hookNames } from '../../../src/protocol/schema/hook-name.ts';
import { aContext, aCredential, inputs, SECRET } from '../../support/inputs.ts';

const realistic = inputs();
const decide = (name: keyof HookTable, input: unknown) =>
  (hooks[name] as Hook).decide(input as never, aContext());
const print = (value: unknown) =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part));

describe('the built-in hooks', () => {
  it('are 22, one for every callback', () => {
    expect(Object.keys(hooks)).toStrictEqual([...hookNames]);
    expect(hookNames).toHaveLength(22);
  });

  describe.each(hookNames)('%s', (name) => {
    it('is in the table under its own name and is a hook', () => {
      expect(hooks[name].name).toBe(name);
      expect(findHookProblem(hooks[name])).toBeUndefined();
    });

    it('answers a realistic input with an outcome that its schema accepts', () => {
      const outcome = decide(name, realistic[name]);
      expect(schemas[name].outcome.parse(outcome)).toStrictEqual(outcome);
    });

    it('reports one event, or none if it is asked for a verdict on a client', () => {
      const { events = [] } = decide(name, realistic[name]);
      const isVerdict = name === 'client.authenticate' || name === 'client.authorize';
      expect(events.map(({ type }) => type)).toStrictEqual(isVerdict ? [] : [`emqx.${name}`]);
    });

    it('never tells a password, though the broker sends one', () => {
      const sent = { ...realistic[name], clientinfo: aCredential() };
      const outcome = decide(name, schemas[name].input.parse(sent));
      expect(print(outcome)).not.toContain(SECRET);
      expect(print(outcome)).not.toContain('password"');
    });

    it('leaves its input as it was', () => {
      const input = inputs()[name];
      decide(name, input);
      expect(input).toStrictEqual(realistic[name]);
    });

    it('gives the same outcome for the same input', () => {
      expect(decide(name, realistic[name])).toStrictEqual(decide(name, realistic[name]));
    });
  });
});
