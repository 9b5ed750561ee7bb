import { describe, expect, it } from 'vitest';
import { asFailure, parseInput, parseOutcome } from '../../src/core/parse.ts';
import { Failure } from '../../src/protocol/failure.ts';
import { pass } from '../../src/protocol/schema/replies.ts';
import { decode } from '../../src/protocol/wire/decode.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';

const publish = rpcFor('message.publish');
const message = { id: '1', topic: 't', from: 'c', qos: 1, payload: new Uint8Array([1]) };

function failureOf(work: () => unknown): Failure {
  try {
    work();
  } catch (error) {
    return error as Failure;
  }
  throw new Error('nothing was thrown');
}

describe('the input of a hook', () => {
  it.each(['v1', 'v2', 'v3'] as const)('is lifted from %s and checked', (version) => {
    const rpc = rpcFor('message.publish', version);
    const input = parseInput(rpc, decode(rpc, requestOf(rpc, { message })) as never);
    expect(input).toMatchObject({ message: { id: '1', topic: 't', from: 'c', qos: 1 } });
  });

  it('is refused, with the place of each problem, when it does not fit its call', () => {
    const request = { ...decode(publish, requestOf(publish, { message: { ...message, qos: 3 } })) };
    const failure = failureOf(() => parseInput(publish, request as never));
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/message\.qos: \S/),
    });
  });
});

describe('the outcome of a hook', () => {
  it('is given on when it fits its call', () => {
    expect(parseOutcome(publish, { reply: pass() })).toMatchObject({ reply: { kind: 'pass' } });
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /\S/],
    ['no reply', {}, /^reply: \S/],
    ['the reply to another call', { reply: { kind: 'allow' } }, /reply/],
    ['a reply with a wrong field', { reply: { kind: 'rewrite', qos: 3 } }, /^reply.qos: must be a QoS/],
  ])('is refused when it is %s, and only the cause says why', (_what, outcome, why) => {
    const failure = failureOf(() => parseOutcome(publish, outcome));
    expect(failure).toMatchObject({
      code: 'invalid_reply',
      message: 'the hook did not return a reply to its call',
    });
    expect(failure.cause).toBeInstanceOf(TypeError);
    const { message: detail } = failure.cause as TypeError;
    expect(detail).toMatch(why);
    expect(detail).not.toContain('async');
  });

  it('is refused when it is a promise, which may fail without ending the process', async () => {
    const late = Promise.reject(new Error('too late'));
    const failure = failureOf(() => parseOutcome(publish, late));
    expect(failure).toMatchObject({
      code: 'invalid_reply',
      cause: { message: 'decide must not be async: ask a question instead' },
    });
    // An unhandled rejection would fail this test.
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('what a hook throws', () => {
  it('is told as it is when it is a failure', () => {
    const failure = new Failure('lookup_timeout', 'late');
    expect(asFailure(failure)).toBe(failure);
  });

  it.each([new Error('secret'), 'secret', undefined])('is hidden from the caller: %s', (error) => {
    const failure = asFailure(error);
    expect(failure).toMatchObject({ code: 'handler_threw', message: 'the hook failed' });
    expect(failure.cause).toBe(error);
  });
});
