import { describe, expect, it } from 'vitest';
import { defineHook, findHookProblem, MAX_QUESTIONS } from '../../src/core/hook.ts';
import { observed, pass } from '../../src/protocol/schema/replies.ts';

const decide = () => ({ reply: observed() });

describe('defineHook', () => {
  it('returns the hook that it is given', () => {
    const hook = { name: 'client.connected', decide } as const;
    expect(defineHook(hook)).toBe(hook);
  });

  it('rejects an invalid hook when it is declared, not when it is called', () => {
    expect(() => defineHook({ name: 'client.conected', decide } as never)).toThrow(TypeError);
  });
});

describe('findHookProblem', () => {
  it.each<[string, object]>([
    ['a notification', { name: 'client.connected', decide }],
    ['with a question', { name: 'client.connected', decide, needs: () => undefined }],
    ['with a value', { name: 'message.publish', decide: () => ({ reply: pass() }) }],
    ...['deny', 'allow', 'ignore', 'error', undefined].map(
      (onError) =>
        [`with onError ${onError}`, { name: 'client.authorize', decide, onError }] as [string, object],
    ),
  ])('has nothing against a hook %s', (_what, hook) => {
    expect(findHookProblem(hook)).toBeUndefined();
  });

  it.each([
    [undefined, 'a hook is an object: make it with defineHook({ name, decide })'],
    [null, 'a hook is an object: make it with defineHook({ name, decide })'],
    [decide, 'a hook is an object: make it with defineHook({ name, decide })'],
    [{ decide }, /^a hook needs a "name", one of: provider\.loaded, .*, message\.acked$/],
    [{ name: 'client.check_acl', decide }, /^a hook needs a "name", one of: /],
    [{ name: 'client.connected' }, 'hook client.connected needs a function "decide"'],
    [{ name: 'client.connected', decide: observed() }, 'hook client.connected needs a function "decide"'],
    [
      { name: 'client.connected', decide, needs: { kind: 'user' } },
      '"needs" of hook client.connected must be a function',
    ],
    [
      { name: 'client.authorize', decide, onError: 'refuse' },
      '"onError" of hook client.authorize must be deny, allow, ignore or error',
    ],
    [
      { name: 'client.authorize', decide, onError: null },
      '"onError" of hook client.authorize must be deny, allow, ignore or error',
    ],
    [
      { name: 'client.connected', decide, onError: 'deny' },
      'hook client.connected returns no value: remove "onError"',
    ],
  ])('says of %o what to change', (value, problem) => {
    expect(findHookProblem(value)).toMatch(problem);
  });
});

it('a call asks at most eight questions', () => {
  expect(MAX_QUESTIONS).toBe(8);
});
