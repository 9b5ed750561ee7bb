/** `exhook register`: makes a broker know this server, through its REST API. */
import type { Environment } from '../config/variables.ts';
import { serverEntry } from '../emqx/broker-config.ts';
import { DEFAULT_NAME } from '../emqx/broker-facts.ts';
import { type Registered, register } from '../emqx/register.ts';
import { readOwnFacts } from './doctor.ts';
import { type EmqxAccess, withEmqx } from './emqx-access.ts';
import { BAD_URL, readOwnUrl } from './emqx-config.ts';
import type { Terminal } from './terminal.ts';

export interface RegisterOptions extends EmqxAccess {
  readonly config: string;
  /** Of this server, as brokers reach it. */
  readonly url: string;
  readonly name?: string | undefined;
  readonly reload?: boolean;
  readonly dryRun?: boolean;
}

/** Milliseconds to wait for the nodes to connect. */
const PATIENCE = 15_000;

/** @returns the exit status: 1 when a node is not connected, 2 when the broker could not be asked. */
export async function registerCommand(
  options: RegisterOptions,
  env: Environment,
  terminal: Terminal,
  patience = PATIENCE,
): Promise<number> {
  const { name = DEFAULT_NAME, reload = false, dryRun: isDry = false } = options;
  const own = await readOwnFacts(options.config, env, terminal);
  if (own === 'bad' || own === undefined) return 2;
  const url = readOwnUrl(options.url);
  if (url === undefined) {
    terminal.err(BAD_URL);
    return 2;
  }
  return await withEmqx(options, env, terminal, async (client) => {
    const registered = await register(client, serverEntry(own, { name, url }), { reload, isDry, patience });
    return report(registered, { name, isDry }, terminal);
  });
}

const sentences = {
  created: 'The ExHook server was added',
  changed: 'The ExHook server was changed',
  reloaded: 'The ExHook server was disabled and enabled',
  unchanged: 'The ExHook server is as it should be',
} as const;

function report(
  { done, changes, nodes, hooks }: Registered,
  { name, isDry }: { name: string; isDry: boolean },
  terminal: Terminal,
): number {
  const what = changes.length === 0 ? '' : ` (${changes.join(', ')})`;
  if (isDry) {
    terminal.out(`Would say: ${sentences[done]}: ${name}${what}.`);
    return 0;
  }
  terminal.out(`${sentences[done]}: ${name}${what}.`);
  for (const { node, status } of nodes) terminal.out(`  ${node}: ${status}`);
  const isConnected = nodes.length > 0 && nodes.every(({ status }) => status === 'connected');
  if (isConnected) terminal.out(`It is called for ${hooks.length} ${hooks.length === 1 ? 'hook' : 'hooks'}.`);
  else terminal.err('Not every node is connected: exhook doctor says more.');
  return isConnected ? 0 : 1;
}
