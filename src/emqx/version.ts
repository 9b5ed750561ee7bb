/** Versions of EMQX as its REST API tells them, such as `5.8.0`, `5.3.2-g1234` or `6.0.0-rc.1`. */
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

/** @param until excluded. */
export function isBetween(version: Version, from: Version, until: Version): boolean {
  return !isBefore(version, from) && isBefore(version, until);
}

/** What tells the version of a node: nothing for one that does not run. */
export interface Versioned {
  readonly version?: string | undefined;
}

/** Whether all nodes are of a release or later; nothing where that cannot be told. */
export function areAllSince(nodes: readonly Versioned[], release: Version): boolean | undefined {
  const versions = nodes.map(versionOf);
  if (versions.length === 0 || versions.includes(undefined)) return undefined;
  return versions.every((version) => version !== undefined && isSince(version, release));
}

/** Whether all nodes are asked for message.ingress: betas of its first release lack it. */
export function haveAllIngress(nodes: readonly Versioned[], support: IngressSupport | undefined): boolean {
  return nodes.length > 0 && nodes.every(({ version }) => hasIngress(version ?? '', support));
}

/** Whether one of the nodes is known to be of a release or later. */
export function isAnySince(nodes: readonly Versioned[], release: Version): boolean {
  return nodes.map(versionOf).some((version) => version !== undefined && isSince(version, release));
}

/** Whether one of the nodes is known to be of an earlier release. */
export function isAnyBefore(nodes: readonly Versioned[], release: Version): boolean {
  return nodes.map(versionOf).some((version) => version !== undefined && isBefore(version, release));
}

function versionOf({ version }: Versioned): Version | undefined {
  return version === undefined ? undefined : readVersion(version);
}

/**
 * Whether brokers of this release make each call twice after an outage, since their list of servers then holds one twice
 * (seen on 5.10.3; fixed in 6.0.3, 6.1.2 and 6.2.0).
 */
export function callsTwice(version: Version): boolean {
  return isBetween(version, [5, 9, 0], [6, 0, 3]) || isBetween(version, [6, 1, 0], [6, 1, 2]);
}
