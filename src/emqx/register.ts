/** Registers this server in a broker with the right settings, and reports what was changed. */
import { sleep } from '../lib/sleep.ts';
import type { ServerEntry } from './broker-config.ts';
import type { EmqxClient } from './client.ts';
import { pickConfig, reloadEntry } from './reload-entry.ts';
import { Server } from './schemas.ts';

export interface RegisterOptions {
  /** Disable and enable the entry: the broker then reads the list of hooks again. */
  readonly reload: boolean;
  /** Only report what would be done. */
  readonly isDry: boolean;
  /** Milliseconds to wait for the nodes to connect. */
  readonly patience: number;
}

export interface Registered {
  readonly done: 'created' | 'changed' | 'reloaded' | 'unchanged';
  /** Keys whose value was changed. */
  readonly changes: readonly string[];
  /** The final state on each node. Unset in a dry run. */
  readonly nodes: readonly { readonly node: string; readonly status: string }[];
  /** The hooks that the broker calls. */
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
  // Keep settings that we do not manage, such as certificates.
  const body = { ...pickConfig(before), ...pickConfig(entry as unknown as Raw, changes) };
  if (!isDry && (reload || changes.length > 0)) {
    if (reload) await reloadEntry(client, path, body);
    else await client.request('PUT', path, { ...body, enable: true });
  }
  const done = changes.length > 0 ? 'changed' : reload ? 'reloaded' : 'unchanged';
  return { done, changes, ...(await stateOf(client, path, isDry, patience)) };
}

/** Keep what may have been tuned, such as timeouts, and TLS options, which name files on the broker. */
function changedKeys(before: Raw, entry: ServerEntry): string[] {
  const hasTls = (before.ssl as Raw | undefined)?.enable === true;
  return [
    ...(before.enable === false ? ['enable'] : []),
    ...(before.url === entry.url ? [] : ['url']),
    ...(entry.ssl !== undefined && !hasTls ? ['ssl'] : []),
  ];
}

/** Poll interval, in milliseconds. */
const INTERVAL = 500;

/** Waits until all nodes are connected or the time is up. */
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
