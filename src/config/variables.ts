/** Reads the environment: `EXHOOK_LIMITS_MESSAGE_BYTES=1MiB`, `PORT=8080`. */

import { formatName } from '../lib/format-path.ts';
import { type FoundKey, findKeyByVariable } from './find-key.ts';
import type { Given } from './flags.ts';
import { allKeys, type Key } from './key.ts';
import { findNearest } from './nearest.ts';
import type { Problem } from './problem.ts';

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Names the configuration file, unless a flag does. */
export const CONFIG_VARIABLE = 'EXHOOK_CONFIG';

/**
 * Reads variables. An empty variable counts as absent: compose files write `PORT=${PORT:-}`.
 *
 * @param of the keys whose variables are read. Default: all.
 */
export function readVariables(env: Environment, of: readonly Key[] = keysIn(env)): Given[] {
  return of.flatMap((key) =>
    key.variables.flatMap((name) => {
      const text = env[name];
      if (text === undefined || text === '' || isServiceLink(name, text)) return [];
      return [{ key, text, where: `environment variable ${name}` }];
    }),
  );
}

/** Returns the keys that have a variable in the environment, in the order of the schema. */
function keysIn(env: Environment): Key[] {
  const found = Object.keys(env).flatMap((name) => findKeyByVariable(name) ?? []);
  const byName = new Map(found.map((one) => [one.key.name, one]));
  return [...byName.values()].sort(byOrder).map(({ key }) => key);
}

function byOrder({ order: a }: FoundKey, { order: b }: FoundKey): number {
  const depth = a.findIndex((place, i) => place !== b[i]);
  return (a[depth] ?? 0) - (b[depth] ?? 0);
}

/**
 * Kubernetes gives every pod the addresses of the services beside it. For a service named `exhook-listen` the
 * variable has one of our names: `EXHOOK_LISTEN_PORT=tcp://10.96.0.7:9000`.
 */
function isServiceLink(name: string, text: string): boolean {
  return name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(text);
}

const serviceLink = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_\w+)?)$/;

/**
 * Warns about unknown variables that are nearly ours; other unknown ones belong to somebody else.
 *
 * @param old keys whose variables are known, too. Default: none.
 */
export function findMisspelt(env: Environment, old: readonly Key[] = []): Problem[] {
  const known = [CONFIG_VARIABLE, ...old.flatMap(({ variables }) => variables)];
  const isKnown = (name: string) => known.includes(name) || findKeyByVariable(name) !== undefined;
  return Object.keys(env)
    .filter((name) => name.startsWith('EXHOOK_') && !isKnown(name) && !serviceLink.test(name))
    .flatMap((name) => {
      const names = [CONFIG_VARIABLE, ...allKeys().flatMap(({ variables }) => variables)];
      const nearest = findNearest(name, names);
      if (nearest === undefined) return [];
      const where = `environment variable ${formatName(name)}`;
      return [{ where, message: `is not known and has no effect; did you mean ${nearest}?` }];
    });
}
