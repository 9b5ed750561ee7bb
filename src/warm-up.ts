import { call } from './call.ts';
import { hooks } from './hooks/index.ts';
import type { Shell } from './shell.ts';
import { binaryCodec } from './transport/codecs.ts';
import { encodeRequest } from './wire/encode-request.ts';
import { rpcs } from './wire/rpc.ts';

/** Empty sub-messages: what a request needs to be valid. */
const fields = { clientinfo: {}, conninfo: {}, message: {}, broker: {} };

/**
 * Sends one empty call of each kind through the flow before the port opens, so that the first real one does not
 * pay for the compilation of descriptors and schemas. Built-in hooks only, and nothing comes of it.
 */
export function warmUp(): void {
  const shell: Shell = {
    hooks,
    policy: { hooks: [] },
    lookups: {},
    decided() {},
    failed: (_rpc, failure) => failure,
  };
  for (const rpc of rpcs) {
    const given = rpc.method.input.fields.filter(({ localName }) => localName in fields);
    const request = Object.fromEntries(given.map(({ localName }) => [localName, {}]));
    void call(rpc, binaryCodec, encodeRequest(rpc, request), shell, 0);
  }
}
