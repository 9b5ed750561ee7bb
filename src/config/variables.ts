/** Reads the environment: `EXHOOK_LIMITS_MESSAGE_BYTES=1MiB`, `PORT=8080`. */
import type { Given } from './flags.ts';
import { type Key, keys } from './keys.ts';
import { findNearest } from './nearest.ts';
import { formatName, type Problem } from './problem.ts';

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The file to read, unless a flag names one. */
export const CONFIG_VARIABLE = 'EXHOOK_CONFIG';

const names = [CONFIG_VARIABLE, ...keys.flatMap(({ variables }) => variables)];

/**
 * An empty variable is an absent one: `PORT=${PORT:-}` is how compose files say so.
 *
 * @param of the keys whose variables are read. Default: all.
 */
export function readVariables(env: Environment, of: readonly Key[] = keys): Given[] {
  return of.flatMap((key) =>
    key.variables.flatMap((name) => {
      const text = env[name];
      if (text === undefined || text === '' || isServiceLink(name, text)) return [];
      return [{ key, text, where: `environment variable ${name}` }];
    }),
  );
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
  const known = [...names, ...old.flatMap(({ variables }) => variables)];
  return Object.keys(env)
    .filter((name) => name.startsWith('EXHOOK_') && !known.includes(name) && !serviceLink.test(name))
    .flatMap((name) => {
      const nearest = findNearest(name, names);
      if (nearest === undefined) return [];
      const where = `environment variable ${formatName(name)}`;
      return [{ where, message: `is not known and has no effect; did you mean ${nearest}?` }];
    });
}
