/**
 * What this server remembers of each broker node: which list of hooks it was answered, and what it has called since.
 *
 * A broker that does not know message.ingress refuses the whole list with it, calls no hook, and asks again. So a
 * node that asks again soon, without any call in between, is answered without message.ingress for a while.
 */
import { hooksFor, type IngressSupport, listsIngress, withoutIngress } from '../../policy/ingress.ts';
import type { HookName } from '../../schema/hook-name.ts';
import type { HookSpec } from '../../schema/replies.ts';
import { RecentIds } from './recent-ids.ts';

/** A node that asks again within this time may have refused the list, in milliseconds. EMQX asks every 60 s. */
const ASKS_AGAIN_WITHIN = 120_000;
/** For how long such a node is answered without message.ingress, in milliseconds. */
const REFUSAL_LASTS = 600_000;
/** More than any cluster has: names come from outside and must not fill the memory. */
const MAX_NODES = 64;
const MAX_NAME = 256;
/** A message id of EMQX has 32 characters; calls of one message are milliseconds apart. */
const MAX_IDS = 4096;

export interface NodeRegistryOptions {
  /** Milliseconds of a clock that is never set. */
  readonly now: () => number;
  /** Tells the other processes of this server what this one has seen; they `hear` it. */
  readonly tell?: (news: NodeNews) => void;
}

/** What one process tells the others. */
export interface NodeNews {
  readonly node: string;
  readonly what: 'asked' | 'called' | 'ingress';
  /** Of `asked`: what was answered. */
  readonly hooks?: readonly HookSpec[];
  readonly version?: string;
  /** Of `asked`: the node seems to have refused a list before. */
  readonly isRefused?: boolean;
}

/** What is known of one node. */
export interface KnownNode {
  readonly node: string;
  readonly version: string;
  /** The list that it was answered; nothing when it has not asked since the start. */
  readonly hooks: readonly HookSpec[] | undefined;
  /** By the clock of the registry; nothing when it has not asked since the start. */
  readonly askedAt: number | undefined;
  /** Whether it made any other call since it was answered, or since the start. */
  readonly hasCalled: boolean;
  /** Whether it seems to have refused a list with message.ingress, so that it is answered without it. */
  readonly hasRefused: boolean;
}

interface Row {
  readonly node: string;
  version: string;
  hooks: readonly HookSpec[] | undefined;
  askedAt: number | undefined;
  hasCalled: boolean;
  /** Whether it has called message.ingress since it was answered last. */
  callsIngress: boolean;
  refusedAt: number | undefined;
}

export interface Asked {
  readonly hooks: readonly HookSpec[];
  /** The node has just been found to refuse lists with message.ingress: somebody should know. */
  readonly isNewRefusal: boolean;
}

export class NodeRegistry {
  /** A list: comparing a few names is faster than hashing one for each call. */
  readonly #rows: Row[] = [];
  readonly #ids = new RecentIds(MAX_IDS);
  readonly #now: () => number;
  readonly #tell: (news: NodeNews) => void;

  constructor({ now, tell = () => {} }: NodeRegistryOptions) {
    this.#now = now;
    this.#tell = tell;
  }

  get nodes(): KnownNode[] {
    return this.#rows.map((row) => ({ ...row, hasRefused: this.#hasRefused(row) }));
  }

  /** provider.loaded: the list for this node. */
  asked(node: string, version: string, all: readonly HookSpec[], support: IngressSupport | undefined): Asked {
    const row = this.#rowOf(node);
    const full = hooksFor(all, version, support);
    if (row === undefined) return { hooks: withoutIngress(full), isNewRefusal: false };
    const isNewRefusal = listsIngress(full) && this.#refusesNow(row);
    if (isNewRefusal) row.refusedAt = this.#now();
    const hooks = this.#hasRefused(row) ? withoutIngress(full) : full;
    this.#note(row, version, hooks);
    this.#tell({ node, what: 'asked', hooks, version, isRefused: row.refusedAt !== undefined });
    return { hooks, isNewRefusal };
  }

  /** Any other call. Cheap: it is made for each of them. */
  called(node: string, hook: HookName): void {
    const row = this.#rowOf(node);
    if (row === undefined) return;
    if (!row.hasCalled) {
      row.hasCalled = true;
      this.#tell({ node, what: 'called' });
    }
    if (hook !== 'message.ingress' || row.callsIngress) return;
    row.callsIngress = true;
    this.#tell({ node, what: 'ingress' });
  }

  /** message.ingress has judged a message. */
  judged(messageId: string): void {
    this.#ids.add(messageId);
  }

  /**
   * Whether message.ingress was called for a message that message.publish is now called for.
   *
   * Both calls of a message come on one connection, so that this process has mostly seen the first. When it has not,
   * such as for a delayed message, it was called if the node calls message.ingress at all and a client sent the
   * message: those have a protocol among their headers, and those of the REST API, rules and bridges have none.
   */
  wasAtIngress(node: string, messageId: string, isFromClient: boolean): boolean {
    if (this.#ids.take(messageId)) return true;
    return isFromClient && this.#rows.some((row) => row.node === node && row.callsIngress);
  }

  /** Takes in what another process of this server has seen. */
  hear({ node, what, hooks, version = '', isRefused }: NodeNews): void {
    const row = this.#rowOf(node);
    if (row === undefined) return;
    if (what === 'asked' && hooks !== undefined) {
      row.refusedAt = isRefused ? (row.refusedAt ?? this.#now()) : undefined;
      this.#note(row, version, hooks);
      return;
    }
    row.hasCalled = true;
    if (what === 'ingress') row.callsIngress = true;
  }

  #note(row: Row, version: string, hooks: readonly HookSpec[]): void {
    Object.assign(row, { version, hooks, askedAt: this.#now(), hasCalled: false, callsIngress: false });
  }

  #refusesNow({ hooks, askedAt, hasCalled }: Row): boolean {
    if (hooks === undefined || askedAt === undefined || !listsIngress(hooks)) return false;
    return !hasCalled && this.#now() - askedAt < ASKS_AGAIN_WITHIN;
  }

  #hasRefused(row: Row): boolean {
    if (row.refusedAt !== undefined && this.#now() - row.refusedAt >= REFUSAL_LASTS)
      row.refusedAt = undefined;
    return row.refusedAt !== undefined;
  }

  #rowOf(name: string): Row | undefined {
    const node = name.length > MAX_NAME ? name.slice(0, MAX_NAME) : name;
    for (let i = 0; i < this.#rows.length; i++) {
      const row = this.#rows[i] as Row;
      if (row.node === node) return row;
    }
    if (this.#rows.length >= MAX_NODES) return undefined;
    const row: Row = {
      node,
      version: '',
      hooks: undefined,
      askedAt: undefined,
      hasCalled: false,
      callsIngress: false,
      refusedAt: undefined,
    };
    this.#rows.push(row);
    return row;
  }
}
