/**
 * Asks the /hooksz page of this server which broker nodes call it: the broker's own status is out of date after an
 * outage.
 */

import * as z from 'zod';
import type { Admin } from '../config/sections/admin.ts';
import { type Environment, readSecret } from '../lib/secret.ts';
import { addBrackets } from '../lib/url-host.ts';
import { openHttpClient } from '../lookup/http/http-client.ts';
import type { ListDifference } from '../policy/hook-lists.ts';
import type { Facts } from './finding.ts';

/** Time of each node's last call, in milliseconds since 1970. */
export type OwnCalls = ReadonlyMap<string, number>;

/** Milliseconds. */
const TIMEOUT = 2_000;
const MAX_RESPONSE = 2 ** 20;

const names = z.array(z.string());
const Page = z.object({
  brokers: z.array(
    z.object({
      node: z.string(),
      calls: z.record(z.string(), z.object({ last: z.iso.datetime() })),
      outdated: z.object({ missing: names, extra: names, otherTopics: names }).optional(),
    }),
  ),
});

/** What this server reports about one broker node. */
export interface OwnNode {
  readonly node: string;
  /** Time of the last call, in milliseconds since 1970. */
  readonly last: number;
  /** How the node's list of hooks differs from the one of this server, judged by its calls. */
  readonly outdated?: ListDifference | undefined;
}

/** Undefined if this server cannot be asked: it has no admin port, is not running here, or does not answer. */
export async function fetchOwnNodes(
  admin: Admin | undefined,
  env: Environment,
): Promise<readonly OwnNode[] | undefined> {
  if (admin === undefined || admin.port === 'shared' || admin.port === 0) return undefined;
  const http = await openHttpClient({ maxSockets: 1, maxResponseBytes: MAX_RESPONSE });
  try {
    const token = admin.token === undefined ? undefined : await readSecret(admin.token, env);
    const { status, body } = await http.request({
      method: 'GET',
      url: new URL(`http://${reachable(admin.host)}:${admin.port}/hooksz`),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const page = status === 200 ? Page.safeParse(JSON.parse(body)) : undefined;
    return page?.success ? page.data.brokers.map(nodeOf) : undefined;
  } catch {
    return undefined;
  } finally {
    http.close();
  }
}

function nodeOf({ node, calls, outdated }: z.output<typeof Page>['brokers'][number]): OwnNode {
  return { node, last: Math.max(0, ...Object.values(calls).map(({ last }) => Date.parse(last))), outdated };
}

/** Returns the time of each node's last call; undefined if this server cannot be asked. */
export async function fetchOwnCalls(
  admin: Admin | undefined,
  env: Environment,
): Promise<OwnCalls | undefined> {
  const nodes = await fetchOwnNodes(admin, env);
  return nodes && callsOf(nodes);
}

function callsOf(nodes: readonly OwnNode[]): OwnCalls {
  return new Map(nodes.map(({ node, last }) => [node, last]));
}

/** Returns the nodes that called recently, and the nodes whose list of hooks differs. */
export async function fetchOwnView(
  admin: Admin | undefined,
  env: Environment,
): Promise<Pick<Facts, 'callers' | 'outdated'>> {
  const nodes = (await fetchOwnNodes(admin, env)) ?? [];
  return {
    callers: callersWithin(callsOf(nodes), RECENTLY, Date.now()),
    outdated: new Map(nodes.flatMap(({ node, outdated }) => (outdated ? [[node, outdated]] : []))),
  };
}

/** Returns the address at which to ask a server that listens on all addresses. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return addBrackets(host);
}

/** A node that called within this time counts as connected, whatever the broker reports. Milliseconds. */
const RECENTLY = 60_000;

/** Returns the nodes that called this server recently, from its own records. Empty if it cannot be asked. */
export async function fetchCallers(admin: Admin | undefined, env: Environment): Promise<ReadonlySet<string>> {
  return callersWithin(await fetchOwnCalls(admin, env), RECENTLY, Date.now());
}

/** Returns the nodes that called within the given number of milliseconds. */
export function callersWithin(
  calls: OwnCalls | undefined,
  milliseconds: number,
  now: number,
): ReadonlySet<string> {
  const recent = [...(calls ?? [])].filter(([, last]) => now - last <= milliseconds);
  return new Set(recent.map(([node]) => node));
}
