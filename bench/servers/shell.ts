/** Our shell without events and look-ups, for the servers that are not `dist/server.js`. */
import { type AnyHook, defineHook } from '../../src/hook.ts';
import { hooks as builtIn } from '../../src/hooks/index.ts';
import { allow, pass, rewrite } from '../../src/schema/replies.ts';
import type { Shell } from '../../src/shell.ts';
import { makeHooks } from './hooks.ts';

const own = makeHooks({ defineHook, allow, pass, rewrite });

export const shell: Shell = {
  hooks: { ...builtIn, ...Object.fromEntries(own.map((hook: AnyHook) => [hook.name, hook])) },
  policy: { hooks: [] } as unknown as Shell['policy'],
  lookups: {},
  decided() {},
  failed(_rpc, failure) {
    process.stderr.write(`${failure.code}: ${failure.message}\n`);
    return failure;
  },
};
