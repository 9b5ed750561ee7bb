/**
 * Shares grants between instances: in an external store, and for a short time in the memory of this process,
 * so most topic checks do not wait. A login that another instance has answered is noticed when that time is
 * over.
 */

import type { AdmissionRequest } from '../../lib/admission/admission.ts';
import { LruMap } from '../../lib/lru.ts';
import type { Granted } from '../../policy/policy.ts';
import type { Grant } from '../../protocol/schema/decision.ts';
import { withCallerSignal } from '../deadline.ts';
import { readGrant, recordKeyOf, writeGrant } from './record.ts';
import {
  type Grantee,
  type GrantStore,
  grantedTo,
  isEmpty,
  type KeptGrant,
  keepGrant,
  keptGrant,
  MAX_GRANT_BYTES,
  memoryKeyOf,
  NOTHING,
} from './store.ts';

/** Texts under keys, outside this process. Every operation has its own time limit. */
export interface RecordStore {
  /** @throws Failure `overloaded`, `lookup_failed` or `lookup_timeout`, like the other operations. */
  read(key: string, wait?: RecordWait): Promise<string | undefined>;
  write(key: string, text: string, wait?: RecordWait): Promise<void>;
  remove(key: string, wait?: RecordWait): Promise<void>;
  readonly isConnected: boolean;
  close(): void;
}

/** How long the caller waits for its turn. */
export type RecordWait = Pick<AdmissionRequest, 'signal' | 'deadline'>;

export interface SharedGrantsOptions {
  readonly records: RecordStore;
  /** Prefix of every key. */
  readonly prefix: string;
  /** How long an entry in the memory of this process is trusted, in milliseconds. */
  readonly freshness: number;
  /** Most clients in the memory of this process. */
  readonly max: number;
  /** Approximate limit for the bytes of all grants in memory. Default: `MAX_GRANT_BYTES`. */
  readonly maxBytes?: number;
  /** Wall clock, for the expiry of grants: milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never go back; only differences count. */
  readonly monotonic: () => number;
}

interface Entry {
  /** `undefined`: nothing was granted. */
  readonly kept: KeptGrant | undefined;
  /** When it was read or written, by the monotonic clock. */
  readonly asOf: number;
}

/** Bytes of an entry without a grant, key included. */
const NOTHING_BYTES = 512;

export function createSharedGrants(options: SharedGrantsOptions): GrantStore {
  const { records, prefix, freshness, max, maxBytes = MAX_GRANT_BYTES, now, monotonic } = options;
  const entries = new LruMap<string, Entry>(max, {
    max: maxBytes,
    of: ({ kept }) => kept?.bytes ?? NOTHING_BYTES,
  });
  const loading = new Map<string, Promise<Entry>>();
  /** The last change in progress of each client. */
  const changing = new Map<string, Promise<void>>();
  const loads = { done: 0, failed: 0 };
  const keeps = { done: 0, failed: 0 };

  function judge(client: Grantee, { kept }: Entry): Granted {
    return (kept && grantedTo(client, kept, now())) ?? NOTHING;
  }

  function remember(client: Grantee, grant: Grant | undefined): void {
    const key = memoryKeyOf(client);
    // A load in progress may return older data.
    loading.delete(key);
    entries.set(key, { kept: keptGrant(client, grant), asOf: monotonic() });
  }

  function forget(client: Grantee): void {
    loading.delete(memoryKeyOf(client));
    entries.delete(memoryKeyOf(client));
  }

  async function loadRecord(client: Grantee, deadline: number | undefined): Promise<Entry> {
    const asOf = monotonic();
    const text = await records.read(recordKeyOf(prefix, client), { deadline });
    if (text === undefined) return { kept: undefined, asOf };
    const { username, grant } = readGrant(text);
    return { kept: keepGrant(username, grant), asOf };
  }

  /** Makes one request for all concurrent callers. */
  function loadOnce(client: Grantee, deadline: number | undefined): Promise<Entry> {
    const key = memoryKeyOf(client);
    const underWay = loading.get(key);
    if (underWay !== undefined) return underWay;
    const isLatest = () => loading.get(key) === work;
    const work: Promise<Entry> = loadRecord(client, deadline)
      .then((entry) => {
        if (isLatest()) entries.set(key, entry);
        return entry;
      })
      .finally(() => isLatest() && loading.delete(key));
    loading.set(key, work);
    return work;
  }

  /**
   * The admission queue of the store may be last in, first out. This keeps the changes of one client in
   * order.
   */
  function changeInTurn(key: string, change: () => Promise<void>): Promise<void> {
    const work = changing.get(key)?.then(change, change) ?? change();
    changing.set(key, work);
    const end = (): void => {
      if (changing.get(key) === work) changing.delete(key);
    };
    work.then(end, end);
    return work;
  }

  return {
    find(client) {
      const entry = entries.get(memoryKeyOf(client));
      return entry === undefined || monotonic() - entry.asOf >= freshness ? undefined : judge(client, entry);
    },
    save: remember,
    get size() {
      return entries.size;
    },
    shared: {
      async keep(client, grant, wait) {
        const key = recordKeyOf(prefix, client);
        const isNothing = grant === undefined || isEmpty(grant);
        const change = () =>
          isNothing ? records.remove(key, wait) : records.write(key, writeGrant(client, grant), wait);
        try {
          await withCallerSignal(changeInTurn(key, change), wait.signal);
        } catch (error) {
          keeps.failed++;
          // The store may have the old grant or the new one.
          forget(client);
          throw error;
        }
        keeps.done++;
        remember(client, grant);
      },
      async load(client, { signal, deadline }) {
        try {
          const entry = await withCallerSignal(loadOnce(client, deadline), signal);
          loads.done++;
          return judge(client, entry);
        } catch (error) {
          loads.failed++;
          throw error;
        }
      },
      get stats() {
        return { isConnected: records.isConnected, loads, keeps };
      },
    },
    close: () => records.close(),
  };
}
