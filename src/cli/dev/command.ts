/** `exhook dev`: our server, a dev broker that calls it, and a sentence on what to try. */

import type { NotLoaded } from '../../app/load.ts';
import type { Environment } from '../../config/variables.ts';
import { packageFile } from '../../lib/package-file.ts';
import type { Logger } from '../../log/log.ts';
import { createRateLimit } from '../../log/rate-limit.ts';
import type { Terminal } from '../commands/terminal.ts';
import { explainPort } from './broker/listeners.ts';
import { type DevBroker, openDevBroker } from './broker/open.ts';
import { Provider } from './exhook/provider.ts';
import { DEFAULT_RELEASE, type Release, releases } from './exhook/release.ts';
import { type DevServer, openDevServer } from './server.ts';
import { describeDev } from './text.ts';

export interface DevArguments {
  readonly config?: string | undefined;
  readonly mqtt: number;
  readonly ws: number;
  /** A key of {@link releases}. */
  readonly as: string;
  readonly likeEmqx: boolean;
  /** Port of the inspector. */
  readonly inspect: number;
  /** Whether the page of the inspector may save the configuration file. */
  readonly write: boolean;
}

/** A running part that must be closed. */
export interface Dev {
  readonly server: DevServer;
  readonly provider: Provider;
  readonly broker: DevBroker;
  close(): Promise<void>;
}

/** What one starts with who has no configuration yet. */
export const EXAMPLE = 'examples/dev/exhook.yaml';
const EXAMPLES = 'examples/dev/';

/** @returns the exit status: 2 when the configuration is not good, or a port cannot be had. */
export async function devCommand(args: DevArguments, env: Environment, terminal: Terminal): Promise<number> {
  const stopped = signalled();
  const dev = await openDev(args, env, terminal);
  if (dev === undefined) return 2;
  await stopped;
  await dev.close();
  return 0;
}

/** Starts all and prints what to try. @returns nothing when something is wrong, which is printed. */
export async function openDev(
  args: DevArguments,
  env: Environment,
  terminal: Terminal,
): Promise<Dev | undefined> {
  const named = args.config ?? env.EXHOOK_CONFIG;
  const file = named ?? packageFile(EXAMPLE);
  const release = releases[args.as] ?? (releases[DEFAULT_RELEASE] as Release);
  const opened = await openParts({ ...args, file, release }, env).catch((error: Error) => [error.message]);
  if (!('server' in opened)) {
    for (const problem of opened) terminal.err(problem);
    return undefined;
  }
  const { server, provider, broker } = opened;
  const { mqtt, ws } = broker;
  const isExample = file.startsWith(packageFile(EXAMPLES));
  const { url, inspector } = server;
  const facts = { mqtt, ws, url, inspector, file, isExample, release, hooks: provider.hooks.size };
  terminal.out(describeDev(facts));
  return opened;
}

interface DevSettings extends DevArguments {
  readonly file: string;
  readonly release: Release;
}

/** @returns the problems of the configuration when there are any. @throws Error when a port cannot be had. */
async function openParts(settings: DevSettings, env: Environment): Promise<Dev | readonly string[]> {
  const { release } = settings;
  const limit = createRateLimit({ perSecond: 5 });
  let log: Logger | undefined;
  const provider = new Provider({
    release,
    onFailure: (hook, reason) =>
      limit(hook, (times) => log?.warn({ hook, times }, `the dev broker got no answer: ${reason}`)),
  });
  // First, since the page of the inspector shows its ports. Calls wait for the server.
  const broker = await openDevBroker({ ...settings, provider, say: (text) => log?.warn(text) });
  const server = await openServer(settings, env, { provider, broker }).catch((error: Error) =>
    explainInspect(error, settings.inspect),
  );
  if (server instanceof Error || 'problems' in server) {
    await provider.unload();
    await broker.close();
    if (server instanceof Error) throw server;
    return server.problems;
  }
  log = server.log;
  await loadHooks(provider, server.url, log);
  return { server, provider, broker, close: () => closeAll(server, provider, broker) };
}

/** The port of the inspector is a flag here, not a key of the configuration. */
function explainInspect(error: Error, port: number): Error {
  const isItsPort = error.message.startsWith('inspector.port: ') && error.cause instanceof Error;
  return isItsPort ? explainPort(error.cause as NodeJS.ErrnoException, port, 'inspect') : error;
}

async function openServer(
  { file, inspect, write, release }: DevSettings,
  env: Environment,
  { provider, broker }: Pick<Dev, 'provider' | 'broker'>,
): Promise<DevServer | NotLoaded> {
  const places = { tcp: `mqtt://127.0.0.1:${broker.mqtt}`, ws: `ws://127.0.0.1:${broker.ws}/mqtt` };
  return await openDevServer({
    file,
    env,
    inspector: { port: inspect, dev: { dev: true, write, mqtt: { ...places, as: release.version } } },
    onStopping: () => provider.suspend(),
    onStarted: async (url, log) =>
      url === undefined ? provider.giveUp() : await loadHooks(provider, url, log),
  });
}

async function loadHooks(provider: Provider, url: string, log: Logger): Promise<void> {
  const problem = await provider.load(url);
  if (problem !== undefined)
    log.error(`the dev broker calls no hook, as EMQX would: the list of hooks: ${problem}`);
}

/** As when EMQX stops: its clients first, then it says goodbye, and then we stop. */
async function closeAll(server: DevServer, provider: Provider, broker: DevBroker): Promise<void> {
  await broker.close();
  await provider.unload();
  await server.close();
}

/** Resolves at the first SIGTERM or SIGINT; the next one ends the process. */
export function signalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}
