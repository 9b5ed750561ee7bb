/**
 * What clients were granted at login, kept for the topic checks that follow: by broker node and client id, and
 * only for the user name that it was granted to.
 */

import type { LookupContext } from '../../core/runtime.ts';
import { compactText } from '../../lib/compact-text.ts';
import { heapShare } from '../../lib/heap-share.ts';
import type { Granted, Known } from '../../policy/policy.ts';
import { compileRules } from '../../policy/topics/authorize.ts';
import type { Rule } from '../../policy/topics/rule.ts';
import type { Grant } from '../../protocol/schema/decision.ts';

/** Whose grant it is. A client of another user name that takes over the client id does not inherit it. */
export type Grantee = Pick<Known, 'node' | 'clientid' | 'username'>;

export interface GrantStore {
  /** At once, from the memory of this process. `undefined`: nothing is known of the client here. */
  find(client: Grantee): Granted | undefined;
  /** In the memory of this process: replaces what was known; nothing, or an empty grant, forgets it. */
  save(client: Grantee, grant: Grant | undefined): void;
  /** Clients in the memory of this process. */
  readonly size: number;
  /** Present when other instances have the same grants. */
  readonly shared?: SharedGrants | undefined;
  close(): void;
}

/** Grants that several instances share: whoever answers the login, any of them may answer the topic checks. */
export interface SharedGrants {
  /**
   * Replaces what all instances know of the client. To be awaited before the login is answered.
   *
   * @throws Failure `overloaded`, `lookup_failed` or `lookup_timeout`
   */
  keep(client: Grantee, grant: Grant | undefined, context: LookupContext): Promise<void>;
  /**
   * What was granted, or {@link NOTHING}.
   *
   * @throws Failure `overloaded`, `lookup_failed` or `lookup_timeout`
   */
  load(client: Grantee, context: LookupContext): Promise<Granted>;
  /** Plain numbers, for metrics. */
  readonly stats: SharedStats;
}

export interface SharedStats {
  readonly isConnected: boolean;
  readonly loads: OperationCounts;
  readonly keeps: OperationCounts;
}

export interface OperationCounts {
  readonly done: number;
  readonly failed: number;
}

/** It is known that nothing was granted, which is more than not to know. */
export const NOTHING: Granted = { tags: {}, isExpired: false };

/** A grant and whose it is, ready to be asked. */
export interface KeptGrant {
  /** The user name, compact. */
  readonly owner: string;
  readonly granted: Granted;
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined;
  /** About what it takes in memory, in bytes. */
  readonly bytes: number;
}

/** Nothing when the grant is empty. */
export function keptGrant({ username }: Grantee, grant: Grant | undefined): KeptGrant | undefined {
  if (grant === undefined || isEmpty(grant)) return undefined;
  return keepGrant(username, grant);
}

/** As it counts for this client now; `undefined` when it is somebody else's. */
export function grantedTo(
  { username }: Grantee,
  { owner, granted, expiresAt }: KeptGrant,
  now: number,
): Granted | undefined {
  if (compactText(username) !== owner) return undefined;
  return expiresAt !== undefined && expiresAt <= now ? { ...granted, isExpired: true } : granted;
}

/** A grant, ready to be asked. */
export function compileGrant({ tags, rules }: Grant): Granted {
  // They come from parseGrants, which has checked them.
  return { tags, isExpired: false, ...(rules && { judge: compileRules(rules as readonly Rule[]) }) };
}

export function isEmpty({ tags, rules, expiresAt }: Grant): boolean {
  return rules === undefined && expiresAt === undefined && Object.keys(tags).length === 0;
}

/** An empty one, too. */
export function keepGrant(username: string, grant: Grant): KeptGrant {
  const owner = compactText(username);
  return { owner, granted: compileGrant(grant), expiresAt: grant.expiresAt, bytes: estimateBytes(grant) };
}

/** An entry with its keys; rules, as measured: what stands around them, and how much larger than as JSON they are. */
const ENTRY_BYTES = 1024;
const RULES_BYTES = 4096;
const COMPILED = 16;

function estimateBytes({ tags, rules }: Grant): number {
  const text = JSON.stringify(tags).length * 2;
  return (
    ENTRY_BYTES + text + (rules === undefined ? 0 : RULES_BYTES + COMPILED * JSON.stringify(rules).length)
  );
}

/** What all grants in memory may take: one token, brought by many client ids, would fill the heap otherwise. */
export const MAX_GRANT_BYTES = heapShare(0.3);

/** Neither a node nor a client id holds NUL. [MQTT-1.5.4-2] */
export function memoryKeyOf({ node, clientid }: Grantee): string {
  return compactText(`${node}\0${clientid}`);
}
