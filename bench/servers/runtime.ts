/** Our runtime without events and look-ups, for servers other than `dist/server.js`. */
import { type AnyHook, defineHook } from '../../src/core/hook.ts';
import { hooks as builtIn } from '../../src/core/hooks/index.ts';
import type { Runtime } from '../../src/core/runtime.ts';
import { allow, pass, rewrite } from '../../src/protocol/schema/replies.ts';
import { makeHooks } from './hooks.ts';

const own = makeHooks({ defineHook, allow, pass, rewrite });

export const runtime: Runtime = {
  hooks: { ...builtIn, ...Object.fromEntries(own.map((hook: AnyHook) => [hook.name, hook])) },
  policy: { hooks: [] } as unknown as Runtime['policy'],
  lookups: {},
  decided() {},
  failed(_rpc, failure) {
    process.stderr.write(`${failure.code}: ${failure.message}\n`);
    return failure;
  },
};
