import { call } from '../core/call.ts';
import { hooks } from '../core/hooks/index.ts';
import type { Runtime } from '../core/runtime.ts';
import { type Rpc, rpcs } from '../protocol/wire/rpc.ts';
import { binaryCodec } from '../transport/codecs.ts';

/** Fields 1 and 2, both empty: the sub-messages that a request must have are among them, whichever it is. */
const REQUEST = Uint8Array.of(0x0a, 0, 0x12, 0);

const runtime: Runtime = {
  hooks,
  policy: { hooks: [] },
  lookups: {},
  decided() {},
  failed: (_rpc, failure) => failure,
};

/** Milliseconds in which the first calls of a broker that waited for the start come first. */
const DELAY = 50;

/**
 * Sends one empty call of each kind through the flow, so that the first real ones do not pay for the compilation
 * of schemas and code. Built-in hooks only, and nothing comes of it.
 *
 * It is done when the port is open, one kind a turn of the event loop: before, it would keep brokers waiting for
 * hooks they may never call.
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

/** One empty call, and what came of it. */
export function warm(rpc: Rpc): unknown {
  return call(rpc, binaryCodec, REQUEST, runtime, 0);
}
