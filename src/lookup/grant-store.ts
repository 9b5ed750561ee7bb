/**
 * What clients were granted at login, kept for the topic checks that follow: by broker node and client id, in
 * memory, bounded. A restart of this process forgets it.
 */
import { compileRules } from '../policy/authorize.ts';
import type { Granted } from '../policy/policy.ts';
import type { Rule } from '../policy/rule.ts';
import type { Grant } from '../schema/decision.ts';
import { LruMap } from './lru.ts';

export interface GrantStoreOptions {
  /** Most clients; the one unused for longest is forgotten. */
  readonly max: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface GrantStore {
  /** Replaces what was known of the client; nothing, or an empty grant, forgets it. */
  save(node: string, clientid: string, grant: Grant | undefined): void;
  find(node: string, clientid: string): Granted | undefined;
  readonly size: number;
}

interface Entry {
  readonly granted: Granted;
  readonly expiresAt: number | undefined;
}

export function createGrantStore({ max, now }: GrantStoreOptions): GrantStore {
  const entries = new LruMap<string, Entry>(max);
  return {
    save(node, clientid, grant) {
      const key = keyOf(node, clientid);
      if (grant === undefined || isEmpty(grant)) entries.delete(key);
      else entries.set(key, { granted: compileGrant(grant), expiresAt: grant.expiresAt });
    },
    find(node, clientid) {
      const entry = entries.get(keyOf(node, clientid));
      if (entry === undefined) return undefined;
      const isOver = entry.expiresAt !== undefined && entry.expiresAt <= now();
      return isOver ? { ...entry.granted, isExpired: true } : entry.granted;
    },
    get size() {
      return entries.size;
    },
  };
}

/** A grant, ready to be asked. */
export function compileGrant({ tags, rules }: Grant): Granted {
  // They come from parseGrants, which has checked them.
  return { tags, isExpired: false, ...(rules && { judge: compileRules(rules as readonly Rule[]) }) };
}

function isEmpty({ tags, rules, expiresAt }: Grant): boolean {
  return rules === undefined && expiresAt === undefined && Object.keys(tags).length === 0;
}

/** Neither a node nor a client id holds NUL. [MQTT-1.5.4-2] */
function keyOf(node: string, clientid: string): string {
  return `${node}\0${clientid}`;
}
