/** Makes a broker know this server as it should, and says what had to be done. */
import { sleep } from '../lib/sleep.ts';
import type { ServerEntry } from './broker-config.ts';
import type { EmqxClient } from './client.ts';
import { pickConfig, reloadEntry } from './reload-entry.ts';
import { Server } from './schemas.ts';

export interface RegisterOptions {
  /** Disable and enable it, so that the broker reads the list of hooks again. */
  readonly reload: boolean;
  /** Say what would be done. */
  readonly isDry: boolean;
  /** Milliseconds to wait for the nodes to connect. */
  readonly patience: number;
}

export interface Registered {
  readonly done: 'created' | 'changed' | 'reloaded' | 'unchanged';
  /** Keys whose value is another now. */
  readonly changes: readonly string[];
  /** The state on each node, at the end; nothing for a dry run. */
  readonly nodes: readonly { readonly node: string; readonly status: string }[];
  /** What the broker calls it for. */
  readonly hooks: readonly string[];
}

type Raw = Readonly<Record<string, unknown>>;

/** @throws EmqxError */
export async function register(
  client: EmqxClient,
  entry: ServerEntry,
  { reload, isDry, patience }: RegisterOptions,
): Promise<Registered> {
  const before = ((await client.request('GET', '/exhooks')) as Raw[]).find(({ name }) => name === entry.name);
  const path = `/exhooks/${encodeURIComponent(entry.name)}`;
  if (before === undefined) {
    if (!isDry) await client.request('POST', '/exhooks', entry);
    return { done: 'created', changes: [], ...(await stateOf(client, path, isDry, patience)) };
  }
  const changes = changedKeys(before, entry);
  // What somebody has set and we say nothing about, such as certificates, stays.
  const body = { ...pickConfig(before), ...pickConfig(entry as unknown as Raw, changes) };
  if (!isDry && (reload || changes.length > 0)) {
    if (reload) await reloadEntry(client, path, body);
    else await client.request('PUT', path, { ...body, enable: true });
  }
  const done = changes.length > 0 ? 'changed' : reload ? 'reloaded' : 'unchanged';
  return { done, changes, ...(await stateOf(client, path, isDry, patience)) };
}

/** What somebody may have tuned, such as timeouts, is theirs; so are TLS options, which name files of the broker. */
function changedKeys(before: Raw, entry: ServerEntry): string[] {
  const hasTls = (before.ssl as Raw | undefined)?.enable === true;
  return [
    ...(before.enable === false ? ['enable'] : []),
    ...(before.url === entry.url ? [] : ['url']),
    ...(entry.ssl !== undefined && !hasTls ? ['ssl'] : []),
  ];
}

/** Milliseconds between two looks. */
const INTERVAL = 500;

/** Waits until all nodes are connected, or the time is up. */
async function stateOf(
  client: EmqxClient,
  path: string,
  isDry: boolean,
  patience: number,
): Promise<Pick<Registered, 'nodes' | 'hooks'>> {
  if (isDry) return { nodes: [], hooks: [] };
  for (const since = performance.now(); ; await sleep(INTERVAL)) {
    const server = Server.safeParse(await client.request('GET', path)).data;
    const nodes = server?.node_status ?? [];
    const isDone = nodes.length > 0 && nodes.every(({ status }) => status === 'connected');
    if (isDone || performance.now() - since >= patience)
      return { nodes, hooks: server?.hooks.map(({ name }) => name) ?? [] };
  }
}
