/** `exhook register`: registers this server at a broker, through its REST API. */

import type { Environment } from '../../config/variables.ts';
import { serverEntry } from '../../emqx/broker-config.ts';
import { DEFAULT_NAME } from '../../emqx/broker-facts.ts';
import { NEVER } from '../../emqx/guard.ts';
import { fetchCallers } from '../../emqx/own-calls.ts';
import { type Registered, register } from '../../emqx/register.ts';
import { type GuardOutcome, registerGuard } from '../../emqx/register-guard.ts';
import { plural } from '../../lib/plural.ts';
import { readOwnFacts } from './doctor.ts';
import { type EmqxAccess, withEmqx } from './emqx-access.ts';
import { BAD_URL, readOwnUrl } from './emqx-config.ts';
import type { Terminal } from './terminal.ts';

export interface RegisterOptions extends EmqxAccess {
  readonly config: string;
  /** URL of this server for brokers. */
  readonly url: string;
  readonly name?: string | undefined;
  readonly reload?: boolean;
  readonly dryRun?: boolean;
  /** Whether to add a guard that refuses logins until the broker has loaded this server. Default: true. */
  readonly guard?: boolean;
}

/** Milliseconds to wait for the nodes to connect. */
const PATIENCE = 15_000;

/** @returns the exit status: 1 if a node is not connected, 2 if the broker could not be reached. */
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
    // First: from then on no client is admitted without a call to this server.
    if (own.decidesLogins && options.guard !== false) {
      const outcome = await registerGuard(client, own.admitsWithoutPassword !== undefined, isDry);
      reportGuard(outcome, own.admitsWithoutPassword ?? '', isDry, terminal);
    }
    const registered = await register(client, serverEntry(own, { name, url }), { reload, isDry, patience });
    const callers = await fetchCallers(own.admin, env);
    return report(registered, { name, isDry, callers }, terminal);
  });
}

const sentences = {
  created: 'The ExHook server was added',
  changed: 'The ExHook server was changed',
  reloaded: 'The ExHook server was disabled and enabled',
  unchanged: 'The ExHook server is up to date',
} as const;

function reportGuard(outcome: GuardOutcome, admits: string, isDry: boolean, terminal: Terminal): void {
  const say = (text: string): void => terminal.out(`${isDry ? 'Would say: ' : ''}${text}`);
  if (outcome === 'added')
    say(
      'A guard was added to the broker: an authenticator that admits no client while this server is not loaded.',
    );
  if (outcome === 'opened')
    say(
      `The broker's built-in database got the precondition ${NEVER}: it refused clients without a password before it called this server.`,
    );
  if (outcome === 'left-out')
    terminal.err(
      `No guard was added: before EMQX 5.9 it would refuse clients without a password, which ${admits} may admit. Until the broker has loaded this server, it admits every client: see docs/broker-setup.md for remedies.`,
    );
}

function report(
  { done, changes, nodes, hooks }: Registered,
  { name, isDry, callers }: { name: string; isDry: boolean; callers: ReadonlySet<string> },
  terminal: Terminal,
): number {
  const what = changes.length === 0 ? '' : ` (${changes.join(', ')})`;
  if (isDry) {
    terminal.out(`Dry run: ${sentences[done]}: ${name}${what}.`);
    return 0;
  }
  terminal.out(`${sentences[done]}: ${name}${what}.`);
  // After an outage, the broker calls this server again long before it reports the connection.
  const states = nodes.map(({ node, status }) => ({
    node,
    status,
    calls: status !== 'connected' && callers.has(node),
  }));
  for (const { node, status, calls } of states)
    terminal.out(`  ${node}: ${status}${calls ? ', but calls this server' : ''}`);
  const isConnected =
    nodes.length > 0 && states.every(({ status, calls }) => status === 'connected' || calls);
  if (isConnected) terminal.out(`The broker calls ${plural(hooks.length, 'hook')}.`);
  else terminal.err('Not every node is connected: run exhook doctor for details.');
  return isConnected ? 0 : 1;
}
