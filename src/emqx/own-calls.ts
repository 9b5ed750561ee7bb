/** Asks this server itself, at its /hooksz page, which broker nodes call it: the broker's own word is late after an outage. */
import * as z from 'zod';
import type { Admin } from '../config/sections/admin.ts';
import { createHttpClient } from '../lookup/http-client.ts';
import { type Environment, readSecret } from '../lookup/secret.ts';

/** When each node called last, in milliseconds since 1970. */
export type OwnCalls = ReadonlyMap<string, number>;

/** Milliseconds. */
const TIMEOUT = 2_000;
const MAX_RESPONSE = 2 ** 20;

const Page = z.object({
  brokers: z.array(
    z.object({ node: z.string(), calls: z.record(z.string(), z.object({ last: z.iso.datetime() })) }),
  ),
});

/** Nothing when this server cannot be asked: it has no admin port, does not run here, or does not answer. */
export async function fetchOwnCalls(
  admin: Admin | undefined,
  env: Environment,
): Promise<OwnCalls | undefined> {
  if (admin === undefined || admin.port === 'shared' || admin.port === 0) return undefined;
  const http = createHttpClient({ maxSockets: 1, maxResponseBytes: MAX_RESPONSE });
  try {
    const token = admin.token === undefined ? undefined : await readSecret(admin.token, env);
    const { status, body } = await http.request({
      method: 'GET',
      url: new URL(`http://${reachable(admin.host)}:${admin.port}/hooksz`),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const page = status === 200 ? Page.safeParse(JSON.parse(body)) : undefined;
    return page?.success ? new Map(page.data.brokers.map(lastOf)) : undefined;
  } catch {
    return undefined;
  } finally {
    http.close();
  }
}

function lastOf({ node, calls }: z.output<typeof Page>['brokers'][number]): [string, number] {
  return [node, Math.max(0, ...Object.values(calls).map(({ last }) => Date.parse(last)))];
}

/** Where a server that listens on all addresses is asked. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
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
