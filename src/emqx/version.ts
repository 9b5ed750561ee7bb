/** Compares EMQX versions as the REST API reports them, such as `5.8.0`, `5.3.2-g1234` or `6.0.0-rc.1`. */
import { type BrokerVersion, isSince } from '../policy/broker-version.ts';
import { hasIngress, type IngressSupport } from '../policy/ingress.ts';

export type Version = BrokerVersion;

export function readVersion(text: string): Version | undefined {
  const found = /(\d+)\.(\d+)\.(\d+)/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}

export function isBefore(version: Version, other: Version): boolean {
  return !isSince(version, other);
}

/** @param until exclusive. */
export function isBetween(version: Version, from: Version, until: Version): boolean {
  return !isBefore(version, from) && isBefore(version, until);
}

/** The field with the version of a node; absent if it is not running. */
export interface Versioned {
  readonly version?: string | undefined;
}

/** Whether all nodes run the given release or later; undefined if that is unknown. */
export function areAllSince(nodes: readonly Versioned[], release: Version): boolean | undefined {
  const versions = nodes.map(versionOf);
  if (versions.length === 0 || versions.includes(undefined)) return undefined;
  return versions.every((version) => version !== undefined && isSince(version, release));
}

/** Whether all nodes call message.ingress: betas of its first release do not have it. */
export function haveAllIngress(nodes: readonly Versioned[], support: IngressSupport | undefined): boolean {
  return nodes.length > 0 && nodes.every(({ version }) => hasIngress(version ?? '', support));
}

/** Whether at least one node is known to run the given release or later. */
export function isAnySince(nodes: readonly Versioned[], release: Version): boolean {
  return nodes.map(versionOf).some((version) => version !== undefined && isSince(version, release));
}

/** Whether at least one node is known to run an earlier release. */
export function isAnyBefore(nodes: readonly Versioned[], release: Version): boolean {
  return nodes.map(versionOf).some((version) => version !== undefined && isBefore(version, release));
}

function versionOf({ version }: Versioned): Version | undefined {
  return version === undefined ? undefined : readVersion(version);
}

/**
 * Whether brokers of this release make each call twice after an outage: their list of servers then holds an entry twice
 * (seen on 5.10.3; fixed in 6.0.3, 6.1.2 and 6.2.0).
 */
export function callsTwice(version: Version): boolean {
  return isBetween(version, [5, 9, 0], [6, 0, 3]) || isBetween(version, [6, 1, 0], [6, 1, 2]);
}
