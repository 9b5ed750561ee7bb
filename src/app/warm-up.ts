import { call } from '../core/call.ts';
import { hooks } from '../core/hooks/index.ts';
import type { Runtime } from '../core/runtime.ts';
import { type Rpc, rpcs } from '../protocol/wire/rpc.ts';
import { binaryCodec } from '../transport/codecs.ts';

/** Fields 1 and 2, both empty: they cover the sub-messages that any request requires. */
const REQUEST = Uint8Array.of(0x0a, 0, 0x12, 0);

const runtime: Runtime = {
  hooks,
  policy: { hooks: [] },
  lookups: {},
  decided() {},
  failed: (_rpc, failure) => failure,
};

/** Delay in milliseconds: the first calls of a broker that waited for the start go first. */
const DELAY = 50;

/**
 * Sends one empty call of each kind through the flow: the first real ones then need not wait for the compilation of
 * schemas and code. Built-in hooks only, without side effects.
 *
 * Runs after the port has opened, one kind per turn of the event loop: earlier, it would keep brokers waiting for hooks
 * that they may never call.
 */
export function warmUp(): void {
  const left = [...rpcs];
  const next = (): void => {
    const rpc = left.pop();
    if (rpc === undefined) return;
    warm(rpc);
    setImmediate(next).unref();
  };
  setTimeout(next, DELAY).unref();
}

/** One empty call and its result. */
export function warm(rpc: Rpc): unknown {
  return call(rpc, binaryCodec, REQUEST, runtime, 0);
}
