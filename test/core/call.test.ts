import { describe, expect, it } from 'vitest';
import type { ReplyOverride, Runtime } from '../../src/core/runtime.ts';
import { Failure } from '../../src/protocol/failure.ts';
import { drop } from '../../src/protocol/schema/replies.ts';
import { createCallWatch } from '../../src/telemetry/call-watch.ts';
import { aRuntime, callWith, type FakeRuntime, readReply, rpcFor } from '../support/runtime.ts';

const message = { id: '1', topic: 't', from: 'c', payload: new Uint8Array([1]) };

/** A runtime whose answers wait until the test lets them go. */
function aHolding(): {
  runtime: Runtime;
  fake: FakeRuntime;
  letGo: (instead: ReplyOverride) => void;
  seen: number[];
} {
  const fake = aRuntime();
  const seen: number[] = [];
  let letGo: (instead: ReplyOverride) => void = () => {};
  const runtime: Runtime = {
    ...fake,
    decided(rpc, input, outcome, since, budget) {
      fake.decided(rpc, input, outcome, since, budget);
      seen.push(since, budget);
      return new Promise((resolve) => {
        letGo = resolve;
      });
    },
  };
  return { runtime, fake, seen, letGo: (instead) => letGo(instead) };
}

const publish = (runtime: Runtime) => callWith('message.publish', { message }, runtime, 4000);

describe('a call whose events must be safe first', () => {
  it('is answered as decided when they are, and not before', async () => {
    const { runtime, letGo, seen } = aHolding();
    const result = publish(runtime);
    expect(result).toBeInstanceOf(Promise);
    expect(await Promise.race([result, 'waiting'])).toBe('waiting');
    letGo(undefined);
    expect(readReply(rpcFor('message.publish'), await result)).toBe(
      readReply(rpcFor('message.publish'), await publish(aRuntime())),
    );
    expect(seen[1]).toBe(4000);
  });

  it('is answered otherwise when a route says so', async () => {
    const { runtime, letGo } = aHolding();
    const result = publish(runtime);
    letGo(drop('sink_failed'));
    expect(readReply(rpcFor('message.publish'), await result)).toMatchObject({
      headers: { allow_publish: 'false' },
    });
  });

  it('fails when a route says so, and tells the runtime', async () => {
    const { runtime, fake, letGo } = aHolding();
    const result = publish(runtime);
    letGo(new Failure('sink_failed', 'no'));
    expect(await result).toMatchObject({ code: 'sink_failed' });
    expect(fake.failures).toMatchObject([{ code: 'sink_failed' }]);
  });

  it('is counted once, when it is known how it ended', async () => {
    for (const [instead, outcome] of [
      [undefined, 'pass'],
      [drop('sink_failed'), 'drop'],
      [new Failure('sink_failed', 'no'), 'sink_failed'],
    ] as const) {
      const watch = createCallWatch();
      const { runtime, letGo } = aHolding();
      const result = publish(watch.watch(() => runtime)());
      expect(watch.calls.counts).toEqual([]);
      letGo(instead);
      await result;
      expect(watch.calls.counts).toMatchObject([{ hook: 'message.publish', outcome, calls: 1 }]);
    }
  });
});

it('a call whose events nobody waits for is answered at once', () => {
  expect(publish(aRuntime())).not.toBeInstanceOf(Promise);
});
