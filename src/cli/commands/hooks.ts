import { load } from '../../app/load.ts';
import { type RegisteredHook, registeredHooks } from '../../config/hook-list.ts';
import type { Environment } from '../../config/variables.ts';
import type { Terminal } from './terminal.ts';

/** `exhook hooks`. @returns the exit status: 2 if the configuration is invalid. */
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

const NONE = `No hook is registered: calls would have no effect.
Set events.stdout, list hooks in hooks.register, or write custom hooks (hooks.custom).`;

/** Formats one line per hook: its name, its topic filters, and why it is registered. */
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
