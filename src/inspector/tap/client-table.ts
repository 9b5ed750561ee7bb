/** The clients that calls were about, the last 5,000: what they were granted, and what was refused to them last. */
import { clip } from '../../lib/clip.ts';
import type { Decision } from '../../protocol/schema/decision.ts';
import type { CallRecord } from './call-record.ts';
import { namesOf } from './names.ts';
import { isRefusal, verdictOf } from './verdict.ts';

export const MAX_CLIENTS = 5000;
/** Texts of tags of one client that are kept, in characters. */
const MAX_TAGS = 2048;

export interface ClientRecord {
  readonly clientid: string;
  username: string;
  node: string;
  peerhost: string;
  /** By `performance.now()`. */
  readonly firstSeen: number;
  lastSeen: number;
  calls: number;
  refused: number;
  isConnected: boolean | undefined;
  login: ClientLogin | undefined;
  lastRefusal: ClientRefusal | undefined;
  /** Seen since the table was last searched for room. */
  isFresh: boolean;
}

export interface ClientLogin {
  readonly at: number;
  readonly seq: number;
  readonly by: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly grants: number;
  readonly expiresAt: number | undefined;
}

export interface ClientRefusal {
  readonly at: number;
  readonly seq: number;
  readonly hook: string;
  readonly topic: string;
  readonly by: string;
  readonly reason: string;
}

export class ClientTable {
  readonly #clients = new Map<string, ClientRecord>();

  get size(): number {
    return this.#clients.size;
  }

  get(clientid: string): ClientRecord | undefined {
    return this.#clients.get(clip(clientid));
  }

  /** In no order. */
  get all(): Iterable<ClientRecord> {
    return this.#clients.values();
  }

  note(record: CallRecord): void {
    const names = namesOf(record.input);
    if (names.clientid === '') return;
    const client = this.#of(names.clientid, record.since);
    client.lastSeen = record.since;
    client.isFresh = true;
    client.calls++;
    // Messages of older brokers name neither.
    if (names.username !== '') client.username = clip(names.username);
    if (names.node !== '') client.node = clip(names.node);
    if (names.peerhost !== '') client.peerhost = clip(names.peerhost);
    this.#noteLife(client, record);
    const verdict = verdictOf(record);
    if (!isRefusal(verdict)) return;
    client.refused++;
    const { decision, failure, rpc } = record;
    client.lastRefusal = {
      at: record.since,
      seq: record.seq,
      hook: rpc.hook,
      topic: clip(names.topic),
      by: decision?.by ?? '',
      reason: decision?.reason ?? failure?.code ?? '',
    };
  }

  #noteLife(client: ClientRecord, { rpc, decision, seq, since }: CallRecord): void {
    if (rpc.hook === 'client.connected') client.isConnected = true;
    else if (rpc.hook === 'client.disconnected' || rpc.hook === 'session.terminated')
      client.isConnected = false;
    else if (rpc.hook === 'client.authenticate' && decision?.verdict === 'allow')
      client.login = loginOf(decision, seq, since);
  }

  #of(clientid: string, now: number): ClientRecord {
    const key = clip(clientid);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    if (this.#clients.size >= MAX_CLIENTS) this.#makeRoom();
    const made: ClientRecord = {
      clientid: key,
      username: '',
      node: '',
      peerhost: '',
      firstSeen: now,
      lastSeen: now,
      calls: 0,
      refused: 0,
      isConnected: undefined,
      login: undefined,
      lastRefusal: undefined,
      isFresh: true,
    };
    this.#clients.set(key, made);
    return made;
  }

  /** Second chance: one that was seen since the last search goes to the end. No call has to move its client. */
  #makeRoom(): void {
    for (const [key, client] of this.#clients) {
      this.#clients.delete(key);
      if (!client.isFresh) return;
      client.isFresh = false;
      this.#clients.set(key, client);
    }
  }
}

function loginOf({ by, grant }: Decision, seq: number, at: number): ClientLogin {
  return {
    at,
    seq,
    by,
    tags: clipTags(grant?.tags ?? {}),
    grants: grant?.rules?.length ?? 0,
    expiresAt: grant?.expiresAt,
  };
}

function clipTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept: Record<string, string> = Object.create(null);
  let size = 0;
  for (const [name, value] of Object.entries(tags)) {
    size += name.length + value.length;
    if (size > MAX_TAGS) break;
    kept[name] = value;
  }
  return kept;
}
