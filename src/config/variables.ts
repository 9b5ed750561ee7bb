/** Reads the environment: `EXHOOK_LIMITS_MESSAGE_BYTES=1MiB`, `PORT=8080`. */

import { formatName } from '../lib/format-path.ts';
import { type FoundKey, findKeyByVariable } from './find-key.ts';
import type { Given } from './flags.ts';
import { allKeys, type Key } from './key.ts';
import { findNearest } from './nearest.ts';
import type { Problem } from './problem.ts';

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The file to read, unless a flag names one. */
export const CONFIG_VARIABLE = 'EXHOOK_CONFIG';

/**
 * An empty variable is an absent one: `PORT=${PORT:-}` is how compose files say so.
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

/** The keys that have a variable in the environment, in the order of the schema. */
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
 * Kubernetes gives every pod the addresses of the services beside it. That of a service named `exhook-listen`
 * has the name of a variable of ours: `EXHOOK_LISTEN_PORT=tcp://10.96.0.7:9000`.
 */
function isServiceLink(name: string, text: string): boolean {
  return name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(text);
}

const serviceLink = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_\w+)?)$/;

/**
 * Unknown variables are no problem, since they may be another's; one that is nearly ours is worth a word.
 *
 * @param old keys whose variables are known too. Default: none.
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
