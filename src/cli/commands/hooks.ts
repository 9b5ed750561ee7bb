import { load } from '../../app/load.ts';
import { type RegisteredHook, registeredHooks } from '../../config/hook-list.ts';
import type { Environment } from '../../config/variables.ts';
import type { Terminal } from './terminal.ts';

/** `exhook hooks`. @returns the exit status: 2 when the configuration is not good. */
export async function hooksCommand(
  argv: readonly string[],
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const loaded = await load(argv, env);
  if ('problems' in loaded) {
    for (const problem of loaded.problems) terminal.err(problem);
    return 2;
  }
  const names = loaded.custom.hooks.map(({ name }) => name);
  terminal.out(formatHooks(registeredHooks(loaded.config, names)));
  return 0;
}

const NONE = `No hook is registered: nothing would be done with a call.
Set events.stdout, list hooks in hooks.register, or write hooks of your own (hooks.custom).`;

/** One line a hook: its name, its topic filters, and why it is registered. */
export function formatHooks(hooks: readonly RegisteredHook[]): string {
  if (hooks.length === 0) return NONE;
  const width = Math.max(...hooks.map(({ name }) => name.length));
  const lines = hooks.map(({ name, topics, because }) => {
    const limit = topics.length === 0 ? '' : `for ${topics.join(', ')}; `;
    return `${name.padEnd(width)}  ${limit}${because}`;
  });
  const count = hooks.length === 1 ? '1 hook is' : `${hooks.length} hooks are`;
  return [...lines, '', `${count} registered.`].join('\n');
}
