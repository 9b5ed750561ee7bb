/**
 * Finds routes whose target a client can choose: a topic or a client id at the beginning of a target can name
 * any key, queue or table of the sink, including those of others.
 */

import { DEFAULT_GRANTS_PREFIX, type RedisGrants } from '../lookup/sections/grants.ts';
import { shapeVariables } from '../policy/text/shape-names.ts';
import { compileText } from '../policy/text/text-template.ts';
import type { Openness } from '../sinks/kind.ts';
import type { RouteSection } from './sections/routes.ts';
import { kindOf, type SinkSection, type Sinks } from './sections/sinks.ts';

export interface Targeted {
  readonly events: { readonly routes: readonly RouteSection[] };
  readonly sinks: Sinks;
  readonly authorize?: { readonly grants?: { readonly redis?: RedisGrants | undefined } } | undefined;
}

interface TargetProblem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Placeholders whose value a client chooses. Ids of events contain the client id. */
const chosenByClients: ReadonlySet<string> = new Set(['clientid', 'username', 'topic', 'subject', 'id']);

/**
 * Finds targets that could overwrite this configuration's grants: a client could choose a topic equal to the
 * key of a grant.
 */
export function findTargetProblems(config: Targeted): TargetProblem[] {
  const redis = config.authorize?.grants?.redis;
  if (redis === undefined) return [];
  return reached(config).flatMap(({ route, sink, start }) =>
    isSameRedis(redisOf(sink), redis.url) && mayBe(start, redis.prefix)
      ? [
          {
            path: pathOf(route),
            message: explainGrants('keys that begin with authorize.grants.redis.prefix', redis.prefix),
          },
        ]
      : [],
  );
}

/** The prefix of the keys of grants in Redis, configured or default. */
export function grantPrefixOf({ authorize }: Pick<Targeted, 'authorize'>): string {
  return authorize?.grants?.redis?.prefix ?? DEFAULT_GRANTS_PREFIX;
}

/** Finds targets that begin with a value that a client chooses. */
export function findTargetWarnings(config: Targeted): TargetProblem[] {
  const url = config.authorize?.grants?.redis?.url;
  const prefix = grantPrefixOf(config);
  return reached(config).flatMap(({ route, sink, start }) => {
    const place = placeIn(sink);
    const ofSink = redisOf(sink);
    if (place === undefined || isSameRedis(ofSink, url)) return [];
    if (start === '')
      return [
        {
          path: pathOf(route),
          message: `begins with a value that a client chooses, which can name ${place.any}; begin it with a fixed text, such as ${JSON.stringify(place.start)}`,
        },
      ];
    return ofSink !== undefined && mayBe(start, prefix)
      ? [{ path: pathOf(route), message: explainGrants('keys of grants', prefix) }]
      : [];
  });
}

const pathOf = (route: number): (string | number)[] => ['events', 'routes', route, 'shape'];

function explainGrants(what: string, prefix: string): string {
  return `may lead to ${what} (${JSON.stringify(prefix)}): a client could make the grant of another one unreadable; begin it with a fixed text, such as "mqtt:"`;
}

/** Reports whether a text that begins with `start` can begin with the prefix. */
function mayBe(start: string, prefix: string): boolean {
  return start.startsWith(prefix) || prefix.startsWith(start);
}

interface Reached {
  /** Index of the route. */
  readonly route: number;
  readonly sink: SinkSection;
  /** The literal text before any value that a client chooses. */
  readonly start: string;
}

/**
 * Returns each sink that a client-chosen target can reach, including dead-letter sinks, which keep the
 * target.
 */
function reached({ events: { routes }, sinks }: Targeted): Reached[] {
  return routes.flatMap(({ to, shape: { target } }, route) => {
    const start = target === undefined ? undefined : startOf(target);
    if (start === undefined) return [];
    return [...withDeadLetters(to, sinks)].flatMap((name) => {
      const sink = Object.hasOwn(sinks, name) ? sinks[name] : undefined;
      return sink === undefined ? [] : [{ route, sink, start }];
    });
  });
}

function withDeadLetters(names: readonly string[], sinks: Sinks): ReadonlySet<string> {
  const found = new Set(names);
  for (const name of found) {
    const next: unknown = Object.hasOwn(sinks, name) ? sinks[name]?.deadLetter : undefined;
    if (typeof next === 'string') found.add(next);
  }
  return found;
}

/** Returns the literal beginning of a target; nothing when clients cannot influence it. */
function startOf(target: string): string | undefined {
  const { parts } = compileText(target, shapeVariables);
  if (!parts.some((part) => typeof part !== 'string' && chosenByClients.has(part.name))) return undefined;
  const [first] = parts;
  if (typeof first === 'string') return first;
  return first !== undefined && chosenByClients.has(first.name) ? '' : undefined;
}

function placeIn(sink: SinkSection): Openness | undefined {
  const { kind, options } = kindOf(sink);
  return kind.target?.leadsTo?.(options);
}

/** Returns the Redis whose keys the targets of a sink are. */
function redisOf(sink: SinkSection): string | undefined {
  const { kind, options } = kindOf(sink);
  return kind.target?.redisUrl?.(options);
}

function isSameRedis(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && addressOf(one) === addressOf(other);
}

/** Host, port and database; all names of this machine are equal. */
function addressOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  const host = /^(localhost|127\.[\d.]+|\[::1\])$/i.test(hostname) ? 'localhost' : hostname.toLowerCase();
  return `${host}:${port || 6379}/${Number(pathname.slice(1))}`;
}
