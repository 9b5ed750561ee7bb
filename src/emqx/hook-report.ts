/**
 * Reports which hooks are registered and why, and which broker nodes call them, for one process or for several added
 * up.
 */
import { type RegisteredHook, registeredHooks } from '../config/hook-list.ts';
import type { Config } from '../config/schema.ts';
import { clip } from '../lib/clip.ts';
import { describeDifference, RELOAD_REMEDY } from '../lookup/brokers/list-warnings.ts';
import type { HookCalls, NodeCalls } from '../lookup/brokers/node-calls.ts';
import type { HookName } from '../protocol/schema/hook-name.ts';

export interface HookReport {
  readonly registered: readonly RegisteredHook[];
  readonly brokers: readonly NodeCalls[];
}

export function reportHooks(
  config: Config,
  custom: readonly HookName[],
  brokers: readonly NodeCalls[],
): HookReport {
  return { registered: registeredHooks(config, custom), brokers };
}

/** Workers share their brokers: calls are added up, and the latest is the last. */
export function addUpHooks([first, ...others]: readonly HookReport[]): HookReport {
  if (first === undefined) return { registered: [], brokers: [] };
  return others.reduce(
    ({ registered, brokers }, other) => ({ registered, brokers: addUpNodes(brokers, other.brokers) }),
    first,
  );
}

function addUpNodes(some: readonly NodeCalls[], others: readonly NodeCalls[]): NodeCalls[] {
  const sums = new Map(some.map((row) => [row.node, row]));
  for (const row of others) {
    const before = sums.get(row.node);
    sums.set(row.node, before ? addUpNode(before, row) : row);
  }
  return [...sums.values()];
}

/** Each worker sees the calls of some connections only, so what one has noticed counts. */
function addUpNode(one: NodeCalls, other: NodeCalls): NodeCalls {
  const outdated = one.outdated ?? other.outdated;
  return { ...one, ...other, calls: addUpCalls(one.calls, other.calls), ...(outdated && { outdated }) };
}

function addUpCalls(some: NodeCalls['calls'], others: NodeCalls['calls']): NodeCalls['calls'] {
  const sums: Partial<Record<HookName, HookCalls>> = { ...some };
  for (const [name, { calls, last }] of Object.entries(others)) {
    const before = sums[name as HookName] ?? { calls: 0, last: 0 };
    sums[name as HookName] = { calls: before.calls + calls, last: Math.max(before.last, last) };
  }
  return sums;
}

/**
 * Finds the allow-all trap: brokers whose clients log in but that never ask for authorization. EMQX ships with an
 * acl.conf that allows everything. EMQX asks it first, so client.authorize is never called.
 */
export function findTrapped({ registered, brokers }: HookReport): readonly NodeCalls[] {
  if (!registered.some(({ name }) => name === 'client.authorize')) return [];
  return brokers.filter(({ calls }) => loginsOf(calls) > 0 && calls['client.authorize'] === undefined);
}

/** Nodes whose list of hooks differs from this configuration. */
export function findOutdated({ brokers }: HookReport): readonly NodeCalls[] {
  return brokers.filter(({ outdated }) => outdated !== undefined);
}

/** Describes all anomalies. */
export function findWarnings(report: HookReport): string[] {
  const outdated = findOutdated(report).flatMap(({ node, outdated: difference }) =>
    difference === undefined
      ? []
      : [`${clip(node) || '(without a name)'}: ${describeDifference(difference)}. Fix: ${RELOAD_REMEDY}`],
  );
  return [...findTraps(report), ...outdated];
}

/** Describes the trap. */
export function findTraps(report: HookReport): string[] {
  return findTrapped(report).map(
    ({ node, calls }) =>
      `broker node ${clip(node) || '(without a name)'} has never asked client.authorize, although clients have logged in ` +
      `(${loginsOf(calls)}): if they publish or subscribe, another authorization source of the broker decides first. ` +
      'The acl.conf that EMQX ships with allows everything: remove it from authorization.sources, and set ' +
      'authorization.no_match = deny',
  );
}

/** Counts successful logins, as far as the broker reports them; unknown if neither hook is registered. */
function loginsOf(calls: NodeCalls['calls']): number {
  return Math.max(calls['client.connected']?.calls ?? 0, calls['client.authenticate']?.calls ?? 0);
}
