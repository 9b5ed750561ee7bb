/** `exhook emqx-config`: prints the broker's settings for this server. */
import type { Environment } from '../../config/variables.ts';
import { PLACEHOLDER, serverEntry, toCurl, toHocon } from '../../emqx/broker-config.ts';
import { DEFAULT_NAME } from '../../emqx/broker-facts.ts';
import { havePreconditions } from '../../emqx/guard.ts';
import { readOwnFacts } from './doctor.ts';
import type { Terminal } from './terminal.ts';

export interface EmqxConfigOptions {
  readonly config: string;
  /** URL of this server for brokers. */
  readonly url?: string | undefined;
  readonly name?: string | undefined;
  /** URL of the REST API, for the printed calls. */
  readonly emqx?: string | undefined;
  /** The broker's release. Without it, comments explain what depends on the release. */
  readonly emqxVersion?: string | undefined;
}

/** @returns the exit status: 2 if the configuration is invalid. */
export async function emqxConfigCommand(
  {
    config,
    url: given,
    name = DEFAULT_NAME,
    emqx = 'http://127.0.0.1:18083',
    emqxVersion,
  }: EmqxConfigOptions,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const own = await readOwnFacts(config, env, terminal);
  if (own === 'bad' || own === undefined) return 2;
  const url = given === undefined ? undefined : readOwnUrl(given);
  if (given !== undefined && url === undefined) {
    terminal.err(BAD_URL);
    return 2;
  }
  const conditional = emqxVersion === undefined ? undefined : havePreconditions([{ version: emqxVersion }]);
  if (emqxVersion !== undefined && conditional === undefined) {
    terminal.err('--emqx-version is not a version; write one such as 6.2.0');
    return 2;
  }
  const entry = serverEntry(own, { name, url });
  terminal.out(toHocon(entry, own, conditional));
  terminal.out('');
  terminal.out(toCurl(entry, own, emqx.replace(/\/+$/, ''), conditional));
  if (entry.url.includes(PLACEHOLDER))
    terminal.err(`\nReplace ${PLACEHOLDER} with the host of this server, or give --url.`);
  return 0;
}

export const BAD_URL =
  '--url is not an address for brokers; write one with its port, such as http://10.0.0.5:9000';

/** Returns scheme, host and port, the form that brokers accept. */
export function readOwnUrl(text: string): string | undefined {
  if (!/^https?:\/\/(?:\[[^\]]+\]|[^/?#:@]+):\d+\/?$/i.test(text) || !URL.canParse(text)) return undefined;
  return text.replace(/\/$/, '');
}
