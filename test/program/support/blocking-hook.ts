/** A hook module that blocks its process when a client asks for it: the client id says how. */

import { requestOf, rpcFor } from '../../support/runtime.ts';
import type { Broker } from './broker.ts';
import { temporaryFile } from './program.ts';

const code = `
  import { execFileSync } from 'node:child_process';
  import { readFileSync } from 'node:fs';
  import { defineHook, observed } from 'exhook-edge';
  const pipe = new URL('pipe' + process.pid, import.meta.url).pathname;
  execFileSync('mkfifo', [pipe]);
  const memory = new Int32Array(new SharedArrayBuffer(4));
  const ways = {
    loop: function spinForEver() { for (;;); },
    // Nobody ever writes to it.
    native: () => readFileSync(pipe),
    while: () => Atomics.wait(memory, 0, 0, 3000),
  };
  export default defineHook({
    name: 'client.connected',
    decide: ({ clientinfo }) => {
      ways[clientinfo.clientid]?.();
      return { reply: observed(), events: [] };
    },
  });
`.replace("'exhook-edge'", JSON.stringify(new URL('../../../dist/index.js', import.meta.url).href));

/** JavaScript without end, native code without end, native code for three seconds; others do not block. */
export type Blocking = 'loop' | 'native' | 'while' | 'not';

/** @returns the path of the module. */
export function blockingHook(): string {
  return temporaryFile('blocking.mjs', code);
}

/** One call. @returns its status; not 0 if the process exits. */
export async function callAs(broker: Broker, clientid: Blocking): Promise<number> {
  const rpc = rpcFor('client.connected', 'v3');
  return (await broker.call(rpc.path, requestOf(rpc, { clientinfo: { clientid } }))).status;
}
