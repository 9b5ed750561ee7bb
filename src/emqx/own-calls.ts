/** Asks this server itself, at its /hooksz page, which broker nodes call it: the broker's own word is late after an outage. */

import * as z from 'zod';
import type { Admin } from '../config/sections/admin.ts';
import { type Environment, readSecret } from '../lib/secret.ts';
import { addBrackets } from '../lib/url-host.ts';
import { openHttpClient } from '../lookup/http/http-client.ts';
import type { ListDifference } from '../policy/hook-lists.ts';
import type { Facts } from './finding.ts';

/** When each node called last, in milliseconds since 1970. */
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

/** What this server says of one broker node. */
export interface OwnNode {
  readonly node: string;
  /** When it called last, in milliseconds since 1970. */
  readonly last: number;
  /** How its list of hooks differs from the one of this server, as far as its calls tell. */
  readonly outdated?: ListDifference | undefined;
}

/** Nothing when this server cannot be asked: it has no admin port, does not run here, or does not answer. */
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

/** When each node called last; nothing when this server cannot be asked. */
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

/** Those that have called of late, and those whose list of hooks is another than it should be. */
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

/** Where a server that listens on all addresses is asked. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return addBrackets(host);
}

/** Milliseconds within which a node that calls is connected, whatever the broker says. */
const RECENTLY = 60_000;

/** The nodes that have called this server of late, as it says itself. None when it cannot be asked. */
export async function fetchCallers(admin: Admin | undefined, env: Environment): Promise<ReadonlySet<string>> {
  return callersWithin(await fetchOwnCalls(admin, env), RECENTLY, Date.now());
}

/** The nodes that have called within so many milliseconds. */
export function callersWithin(
  calls: OwnCalls | undefined,
  milliseconds: number,
  now: number,
): ReadonlySet<string> {
  const recent = [...(calls ?? [])].filter(([, last]) => now - last <= milliseconds);
  return new Set(recent.map(([node]) => node));
}
