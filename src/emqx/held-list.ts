/** Reads from a broker's REST API which list of hooks it holds, and decides whether a reload is allowed. */
import { compareLists, isDifferent, type ListDifference } from '../policy/hook-lists.ts';
import { hooksFor, type IngressSupport, withoutIngress } from '../policy/ingress.ts';
import type { HookSpec } from '../protocol/schema/replies.ts';
import { type EmqxClient, EmqxError } from './client.ts';
import { isConnected, listOf, Nodes, Server } from './schemas.ts';

/** The list that this server returns. */
export interface OwnList {
  readonly hooks: readonly HookSpec[];
  readonly ingress: IngressSupport | undefined;
  /**
   * Whether a node lacks message.ingress, probably because it rejected that hook. Such a node is not reloaded: if it
   * rejected the whole list again, it would check nothing here until its next attempt.
   */
  readonly isIngressRefused: boolean;
}

export type HeldList =
  /** No statement is possible now; `why` has the reason. */
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'same' }
  | {
      readonly kind: 'different';
      readonly difference: ListDifference;
      /** The entry as the broker reports it. */
      readonly entry: Readonly<Record<string, unknown>>;
      readonly path: string;
    };

/** @throws EmqxError */
export async function fetchHeldList(client: EmqxClient, name: string, own: OwnList): Promise<HeldList> {
  const path = `/exhooks/${encodeURIComponent(name)}`;
  const entry = await client.request('GET', path).catch((error: unknown) => {
    if (error instanceof EmqxError && error.status === 404) return undefined;
    throw error;
  });
  if (entry === undefined) return unknown(`the broker does not have an ExHook server named ${name}`);
  const server = Server.safeParse(entry).data;
  const nodes = Nodes.safeParse(await client.request('GET', '/nodes')).data;
  if (server === undefined || nodes === undefined) return unknown('the broker returned an unknown format');
  const obstacle = findObstacle(server, nodes);
  if (obstacle !== undefined) return unknown(obstacle);
  const full = hooksFor(own.hooks, nodes[0]?.version ?? '', own.ingress);
  const wanted = own.isIngressRefused ? withoutIngress(full) : full;
  const difference = compareLists<string>(listOf(server.hooks), wanted);
  if (!isDifferent(difference)) return { kind: 'same' };
  return { kind: 'different', difference, entry: entry as Readonly<Record<string, unknown>>, path };
}

/**
 * Returns why the list cannot be compared and the entry not be reloaded. A reload disables and enables the entry. After
 * an outage, hooks that stayed installed would refuse everybody in between (seen on EMQX 6.2.0 and 6.3).
 */
function findObstacle(server: Server, nodes: readonly Nodes[number][]): string | undefined {
  if (!server.enable) return `the ExHook server ${server.name} is disabled in the broker`;
  const lost = server.node_status.filter((node) => !isConnected(node)).map(({ node }) => node);
  if (lost.length > 0) return `it is not connected on ${lost.join(', ')}`;
  const stopped = nodes.filter(
    ({ node_status: status }) => status !== undefined && !/^running$/i.test(status),
  );
  if (stopped.length > 0) return `not all nodes are running: ${stopped.map(({ node }) => node).join(', ')}`;
  const silent = nodes.filter(({ node }) => !server.node_status.some((one) => one.node === node));
  if (nodes.length === 0 || silent.length > 0) return 'not every node reports whether it is connected';
  if (new Set(nodes.map(({ version }) => version)).size > 1) return 'the nodes run different releases';
  return undefined;
}

function unknown(why: string): HeldList {
  return { kind: 'unknown', why };
}
