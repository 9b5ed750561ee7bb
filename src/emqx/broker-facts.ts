/** Asks a broker for all facts that the checks need. */
import type * as z from 'zod';
import { type EmqxClient, EmqxError } from './client.ts';
import type { Unknown } from './finding.ts';
import { builtInDatabase } from './guard.ts';
import {
  type Authenticator,
  Authenticators,
  AuthorizationSettings,
  type Hook,
  Hooks,
  type Node,
  Nodes,
  type Server,
  Servers,
  type Source,
  Sources,
  Users,
} from './schemas.ts';

export interface BrokerFacts {
  readonly nodes: readonly Node[];
  readonly servers: readonly Server[];
  /** The entry for this server. Unset if there is none, or if several may be. */
  readonly server: Server | undefined;
  /** The name that was asked for. */
  readonly name: string;
  /** The hooks that the broker calls, with the number of calls. */
  readonly hooks: readonly Hook[] | Unknown;
  readonly sources: readonly Source[] | Unknown;
  readonly settings: AuthorizationSettings | Unknown;
  readonly authenticators: readonly Authenticator[] | Unknown;
  /** Whether the broker's built-in database has a user who could log in. */
  readonly builtInUsers: { readonly hasSome: boolean } | Unknown;
}

/** The name that docs/broker-setup.md gives this server. */
export const DEFAULT_NAME = 'exhook-edge';

/** @throws EmqxError if the broker cannot be asked at all. */
export async function fetchBrokerFacts(client: EmqxClient, name = DEFAULT_NAME): Promise<BrokerFacts> {
  // Ask this first, and alone: an unreachable broker then costs one timeout.
  const servers = await ask(client, '/exhooks', Servers).catch(explainOldBroker);
  const server = findServer(servers, name);
  const [nodes, hooks, sources, settings, authenticators] = await Promise.all([
    ask(client, '/nodes', Nodes),
    server === undefined
      ? { unknown: 'the broker does not know this server' }
      : maybe(ask(client, `/exhooks/${encodeURIComponent(server.name)}/hooks`, Hooks)),
    maybe(ask(client, '/authorization/sources', Sources)),
    maybe(ask(client, '/authorization/settings', AuthorizationSettings)),
    maybe(ask(client, '/authentication', Authenticators)),
  ]);
  const builtInUsers = await askForUsers(client, authenticators);
  return { nodes, servers, server, name, hooks, sources, settings, authenticators, builtInUsers };
}

/** Finds the entry by its name, or takes the only one. */
function findServer(servers: readonly Server[], name: string): Server | undefined {
  return servers.find((server) => server.name === name) ?? (servers.length === 1 ? servers[0] : undefined);
}

async function askForUsers(
  client: EmqxClient,
  authenticators: readonly Authenticator[] | Unknown,
): Promise<{ hasSome: boolean } | Unknown> {
  const database = 'unknown' in authenticators ? undefined : builtInDatabase(authenticators);
  if (database === undefined) return { unknown: 'there is no built-in database' };
  const path = `/authentication/${encodeURIComponent(database.id)}/users?page=1&limit=1`;
  return await maybe(ask(client, path, Users).then(({ data }) => ({ hasSome: data.length > 0 })));
}

/** @throws EmqxError */
async function ask<Schema extends z.ZodType>(
  client: EmqxClient,
  path: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(await client.request('GET', path));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new EmqxError(`GET ${path} returned an unknown format${where && ` (${where})`}`, 200);
}

/** Tolerates a request that the API key may not make or that the release does not know: the other checks still run. */
async function maybe<Fact>(answer: Promise<Fact>): Promise<Fact | Unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof EmqxError) return { unknown: error.message };
    throw error;
  }
}

function explainOldBroker(error: unknown): never {
  if (error instanceof EmqxError && error.status === 404)
    throw new EmqxError(
      'there is no /api/v5/exhooks at this address. EMQX 4 does not have this API: use emqx_ctl exhook server list there',
      error.status,
    );
  throw error;
}
