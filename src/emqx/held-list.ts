/** What a broker's REST API says of the list of hooks that it holds, and whether it may be made to read it again. */
import { compareLists, isDifferent, type ListDifference } from '../policy/hook-lists.ts';
import { hooksFor, type IngressSupport, withoutIngress } from '../policy/ingress.ts';
import type { HookSpec } from '../protocol/schema/replies.ts';
import { type EmqxClient, EmqxError } from './client.ts';
import { isConnected, listOf, Nodes, Server } from './schemas.ts';

/** The list that this server answers. */
export interface OwnList {
  readonly hooks: readonly HookSpec[];
  readonly ingress: IngressSupport | undefined;
  /**
   * Whether a node holds a list without message.ingress, since it seems to have refused it. It is not reloaded to try again:
   * if it refuses the whole list once more, nothing is checked there until it has asked again.
   */
  readonly isIngressRefused: boolean;
}

export type HeldList =
  /** Nothing can be said now, and why. */
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'same' }
  | {
      readonly kind: 'different';
      readonly difference: ListDifference;
      /** The entry, as the broker tells it. */
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
  if (entry === undefined) return unknown(`the broker has no ExHook server named ${name}`);
  const server = Server.safeParse(entry).data;
  const nodes = Nodes.safeParse(await client.request('GET', '/nodes')).data;
  if (server === undefined || nodes === undefined)
    return unknown('the broker answered in a form that is not known here');
  const obstacle = findObstacle(server, nodes);
  if (obstacle !== undefined) return unknown(obstacle);
  const full = hooksFor(own.hooks, nodes[0]?.version ?? '', own.ingress);
  const wanted = own.isIngressRefused ? withoutIngress(full) : full;
  const difference = compareLists<string>(listOf(server.hooks), wanted);
  if (!isDifferent(difference)) return { kind: 'same' };
  return { kind: 'different', difference, entry: entry as Readonly<Record<string, unknown>>, path };
}

/**
 * Why the list cannot be judged, nor the entry be reloaded. A reload is a disable and an enable, and after an outage hooks
 * that were left installed would refuse everybody in between (seen on EMQX 6.2.0 and 6.3).
 */
function findObstacle(server: Server, nodes: readonly Nodes[number][]): string | undefined {
  if (!server.enable) return `the ExHook server ${server.name} is disabled in the broker`;
  const lost = server.node_status.filter((node) => !isConnected(node)).map(({ node }) => node);
  if (lost.length > 0) return `it is not connected on ${lost.join(', ')}`;
  const stopped = nodes.filter(
    ({ node_status: status }) => status !== undefined && !/^running$/i.test(status),
  );
  if (stopped.length > 0) return `not all nodes run: ${stopped.map(({ node }) => node).join(', ')}`;
  const silent = nodes.filter(({ node }) => !server.node_status.some((one) => one.node === node));
  if (nodes.length === 0 || silent.length > 0) return 'not every node tells whether it is connected';
  if (new Set(nodes.map(({ version }) => version)).size > 1) return 'the nodes run different releases';
  return undefined;
}

function unknown(why: string): HeldList {
  return { kind: 'unknown', why };
}
