/**
 * Keeps what clients were granted at login for the topic checks that follow: by broker node and client id,
 * valid only for the user name that got the grant.
 */

import type { LookupContext } from '../../core/runtime.ts';
import { compactText } from '../../lib/compact-text.ts';
import { heapShare } from '../../lib/heap-share.ts';
import type { Granted, Known } from '../../policy/policy.ts';
import { compileRules } from '../../policy/topics/authorize.ts';
import type { Rule } from '../../policy/topics/rule.ts';
import type { Grant } from '../../protocol/schema/decision.ts';

/**
 * The client of a grant. A client with another user name that takes over the client id does not inherit it.
 */
export type Grantee = Pick<Known, 'node' | 'clientid' | 'username'>;

export interface GrantStore {
  /** Returns at once, from the memory of this process. `undefined`: the client is unknown here. */
  find(client: Grantee): Granted | undefined;
  /** Replaces the grant in the memory of this process; nothing, or an empty grant, deletes it. */
  save(client: Grantee, grant: Grant | undefined): void;
  /** Clients in the memory of this process. */
  readonly size: number;
  /** Present when grants are shared with other instances. */
  readonly shared?: SharedGrants | undefined;
  close(): void;
}

/** Grants that several instances share: any of them can answer the topic checks of a client. */
export interface SharedGrants {
  /**
   * Replaces the grant for all instances. Await it before you answer the login.
   *
   * @throws Failure `overloaded`, `lookup_failed` or `lookup_timeout`
   */
  keep(client: Grantee, grant: Grant | undefined, context: LookupContext): Promise<void>;
  /**
   * Returns the grant, or {@link NOTHING}.
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

/** Nothing was granted, and that is known; unlike `undefined`. */
export const NOTHING: Granted = { tags: {}, isExpired: false };

/** A compiled grant and its owner. */
export interface KeptGrant {
  /** The user name, compact. */
  readonly owner: string;
  readonly granted: Granted;
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined;
  /** Approximate size in memory, in bytes. */
  readonly bytes: number;
}

/** Returns nothing when the grant is empty. */
export function keptGrant({ username }: Grantee, grant: Grant | undefined): KeptGrant | undefined {
  if (grant === undefined || isEmpty(grant)) return undefined;
  return keepGrant(username, grant);
}

/** Returns what the grant means for this client now; `undefined` when it belongs to another user. */
export function grantedTo(
  { username }: Grantee,
  { owner, granted, expiresAt }: KeptGrant,
  now: number,
): Granted | undefined {
  if (compactText(username) !== owner) return undefined;
  return expiresAt !== undefined && expiresAt <= now ? { ...granted, isExpired: true } : granted;
}

/** Compiles a grant. */
export function compileGrant({ tags, rules }: Grant): Granted {
  // parseGrants has checked them.
  return { tags, isExpired: false, ...(rules && { judge: compileRules(rules as readonly Rule[]) }) };
}

export function isEmpty({ tags, rules, expiresAt }: Grant): boolean {
  return rules === undefined && expiresAt === undefined && Object.keys(tags).length === 0;
}

/** Also keeps an empty grant. */
export function keepGrant(username: string, grant: Grant): KeptGrant {
  const owner = compactText(username);
  return { owner, granted: compileGrant(grant), expiresAt: grant.expiresAt, bytes: estimateBytes(grant) };
}

/** Measured: an entry with its keys; the fixed cost of rules; their size in memory relative to JSON. */
const ENTRY_BYTES = 1024;
const RULES_BYTES = 4096;
const COMPILED = 16;

function estimateBytes({ tags, rules }: Grant): number {
  const text = JSON.stringify(tags).length * 2;
  return (
    ENTRY_BYTES + text + (rules === undefined ? 0 : RULES_BYTES + COMPILED * JSON.stringify(rules).length)
  );
}

/**
 * Limit for all grants in memory. Otherwise one token, presented under many client ids, could fill the heap.
 */
export const MAX_GRANT_BYTES = heapShare(0.3);

/** Neither a node nor a client id contains NUL. [MQTT-1.5.4-2] */
export function memoryKeyOf({ node, clientid }: Grantee): string {
  return compactText(`${node}\0${clientid}`);
}
