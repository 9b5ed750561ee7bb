import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { defineHook, type OnError } from '../../src/core/hook.ts';
import { Failure } from '../../src/protocol/failure.ts';
import { allow, pass, type Reply } from '../../src/protocol/schema/replies.ts';
import { methodOf } from '../../src/protocol/wire/descriptors.ts';
import { InFlight } from '../../src/transport/in-flight.ts';
import { shed } from '../../src/transport/shed.ts';
import { inputs } from '../support/inputs.ts';
import { aRuntime, hooksWith, rpcFor } from '../support/runtime.ts';

const publish = rpcFor('message.publish');
const authorize = rpcFor('client.authorize');
const request = create(methodOf(publish).input, inputs()['message.publish'] as never);
const empty = create(methodOf(publish).input);

function shedWith(
  rpc: typeof publish,
  onError: OnError | undefined,
  whole?: typeof request,
): { result: string; failed: string[]; shed: number } {
  const choice = onError === undefined ? {} : { onError };
  const runtime = aRuntime({
    hooks: hooksWith(
      defineHook({ name: 'message.publish', decide: () => ({ reply: pass() }), ...choice }) as never,
      defineHook({ name: 'client.authorize', decide: () => ({ reply: allow() }), ...choice }) as never,
    ),
  });
  const load = new InFlight({ inFlight: 1, queuedBytes: 1, messageBytes: 1 });
  const word = (_rpc: unknown, { kind }: Reply, of: unknown) =>
    kind === 'drop' ? `drop ${of === request}` : kind;
  const result = shed(rpc, runtime, load, 'too much', word, whole && (() => whole));
  return {
    result: result instanceof Failure ? result.code : result,
    failed: runtime.failures.map(({ code }) => code),
    shed: load.shed,
  };
}

describe('a call that is shed', () => {
  it.each([
    ['client.authorize', authorize, undefined, 'deny'],
    ['client.authorize', authorize, 'deny', 'deny'],
    ['client.authorize', authorize, 'allow', 'allow'],
    ['client.authorize', authorize, 'ignore', 'ignore'],
    ['client.authorize', authorize, 'error', 'overloaded'],
    ['message.publish', publish, undefined, 'overloaded'],
    ['message.publish', publish, 'allow', 'pass'],
    ['message.publish', publish, 'ignore', 'pass'],
    ['message.publish', publish, 'error', 'overloaded'],
    ['client.connected', rpcFor('client.connected'), undefined, 'overloaded'],
  ] as const)('of %s is answered by onError', (_name, rpc, onError, answer) => {
    expect(shedWith(rpc, onError)).toStrictEqual({ result: answer, failed: ['overloaded'], shed: 1 });
  });

  it('drops a message that was read, when onError is deny', () => {
    expect(shedWith(publish, 'deny', request).result).toBe('drop true');
  });

  it('fails if the message to drop was not read, or is missing', () => {
    expect(shedWith(publish, 'deny').result).toBe('overloaded');
    expect(shedWith(publish, 'deny', empty).result).toBe('overloaded');
  });
});
