import { describe, expect, it } from 'vitest';
import type { Hook, OnError } from '../../src/core/hook.ts';
import { fallbackOutcome, fallbackReply, onErrorOf } from '../../src/core/runtime.ts';
import { Failure, failureCodes } from '../../src/protocol/failure.ts';
import { hookNames, isValued } from '../../src/protocol/schema/hook-name.ts';

const hookOf = (name: string, onError?: OnError) =>
  ({ name, decide: () => ({}), ...(onError && { onError }) }) as unknown as Hook;

const valued = hookNames.filter(isValued);
const ourCodes = failureCodes.filter((code) => new Failure(code, '').isOurs);
const theirCodes = failureCodes.filter((code) => !ourCodes.includes(code));

describe('onErrorOf', () => {
  it.each([
    ['client.authenticate', 'deny'],
    ['client.authorize', 'deny'],
    ['message.ingress', 'error'],
    ['message.publish', 'error'],
    ['client.connected', 'error'],
    ['provider.loaded', 'error'],
  ])('%s has %s if it does not say otherwise', (name, onError) => {
    expect(onErrorOf(hookOf(name))).toBe(onError);
  });

  it.each(['deny', 'allow', 'ignore', 'error'] as const)('a hook may say %s', (onError) => {
    for (const name of valued) expect(onErrorOf(hookOf(name, onError))).toBe(onError);
  });
});

const answers = (name: string, code: string): [OnError | undefined, object | undefined][] =>
  name.startsWith('message.')
    ? [
        ['deny', { kind: 'drop', reason: code }],
        ['allow', { kind: 'pass' }],
        ['ignore', { kind: 'pass' }],
        ['error', undefined],
        [undefined, undefined],
      ]
    : [
        ['deny', { kind: 'deny', reason: code }],
        ['allow', { kind: 'allow' }],
        ['ignore', { kind: 'ignore' }],
        ['error', undefined],
        [undefined, { kind: 'deny', reason: code }],
      ];

describe('fallbackReply', () => {
  const ours = valued.flatMap((name) =>
    ourCodes.flatMap((code) =>
      answers(name, code).map(([onError, reply]) => ({ name, code, onError, reply })),
    ),
  );
  it.each(ours as { name: string; code: (typeof ourCodes)[number]; onError?: OnError; reply?: object }[])(
    '$name with onError $onError answers $code with $reply',
    ({ name, code, onError, reply }) => {
      expect(fallbackReply(hookOf(name, onError), new Failure(code, ''))).toStrictEqual(reply);
    },
  );

  it.each(theirCodes)('%s is a status, whatever the hook would answer to failures of ours', (code) => {
    for (const name of valued)
      for (const onError of ['deny', 'allow', 'ignore', 'error'] as const) {
        if (code === 'invalid_request' && onError === 'deny' && name.startsWith('message.')) continue;
        expect(fallbackReply(hookOf(name, onError), new Failure(code, ''))).toBeUndefined();
      }
  });

  it.each(['message.publish', 'message.ingress'] as const)(
    '%s that does not validate is dropped where failures are dropped: with a status, the broker would route it',
    (name) => {
      const failure = new Failure('invalid_request', '');
      expect(fallbackReply(hookOf(name, 'deny'), failure)).toStrictEqual({
        kind: 'drop',
        reason: 'invalid_request',
      });
    },
  );

  it.each(hookNames.filter((name) => !isValued(name)))('%s fails with a status: it has no answer', (name) => {
    for (const code of failureCodes)
      expect(fallbackReply(hookOf(name), new Failure(code, ''))).toBeUndefined();
  });
});

describe('fallbackOutcome', () => {
  it.each([
    ['client.authorize', 'deny', 'deny'],
    ['client.authorize', 'ignore', 'ignore'],
    ['message.publish', 'deny', 'drop'],
    ['message.publish', 'ignore', 'pass'],
  ] as const)('%s with onError %s is decided: %s', (name, onError, verdict) => {
    expect(fallbackOutcome(hookOf(name, onError), new Failure('handler_threw', ''))?.decision).toStrictEqual({
      verdict,
      by: 'onError',
      reason: 'handler_threw',
      isShadow: false,
    });
  });

  it('is nothing when the call must end with a status', () => {
    expect(fallbackOutcome(hookOf('message.publish'), new Failure('handler_threw', ''))).toBeUndefined();
  });
});
