/** Installs the guard: see guard.ts. */
import type * as z from 'zod';
import { type EmqxClient, EmqxError } from './client.ts';
import { builtInDatabase, guardFor, havePreconditions, refusesFirst } from './guard.ts';
import { Authenticators, Nodes, Users } from './schemas.ts';

export type GuardOutcome =
  /** The guard was there, or another authenticator of the broker decides. */
  | 'unchanged'
  | 'added'
  /** The existing database got a precondition. */
  | 'opened'
  /** The guard would refuse clients that this server may admit, and the release does not have preconditions. */
  | 'left-out';

/** @param admitsWithoutPassword whether this server may admit clients without a password. @throws EmqxError */
export async function registerGuard(
  client: EmqxClient,
  admitsWithoutPassword: boolean,
  isDry: boolean,
): Promise<GuardOutcome> {
  const [nodes, answer] = [
    await client.request('GET', '/nodes'),
    await client.request('GET', '/authentication'),
  ];
  const authenticators = readList(Authenticators, answer);
  const conditional = havePreconditions(readList(Nodes, nodes)) === true;
  const enabled = authenticators.filter(({ enable }) => enable);
  if (enabled.length === 0) {
    if (!conditional && admitsWithoutPassword) return 'left-out';
    if (!isDry) await client.request('POST', '/authentication', { ...guardFor(conditional), ...HASH });
    return 'added';
  }
  const database = builtInDatabase(enabled);
  const isInTheWay = admitsWithoutPassword && database !== undefined && refusesFirst(database);
  if (!isInTheWay || !conditional || (await hasUsers(client, database.id))) return 'unchanged';
  if (!isDry)
    await client.request('PUT', pathOf(database.id), { ...guardFor(true), ...hashOf(answer, database.id) });
  return 'opened';
}

/** EMQX requires an algorithm even without users. */
const HASH = { password_hash_algorithm: { name: 'sha256', salt_position: 'suffix' } };

/** A PUT replaces the whole authenticator: keep its password settings. */
function hashOf(answer: unknown, id: string): object {
  const before = (answer as { id?: string; password_hash_algorithm?: object }[]).find((one) => one.id === id);
  return { password_hash_algorithm: before?.password_hash_algorithm ?? HASH.password_hash_algorithm };
}

/** A precondition would lock out the users in the database. */
async function hasUsers(client: EmqxClient, id: string): Promise<boolean> {
  const users = Users.safeParse(await client.request('GET', `${pathOf(id)}/users?page=1&limit=1`));
  return !users.success || users.data.data.length > 0;
}

function pathOf(id: string): string {
  return `/authentication/${encodeURIComponent(id)}`;
}

function readList<Item>(schema: z.ZodType<Item[]>, answer: unknown): Item[] {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new EmqxError('the broker returned the authenticators or nodes in an unknown format', 200);
}
