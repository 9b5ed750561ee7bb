/** Keeps one row per calling broker node: what it called, and which hook list it has. */
import { type HookName, hookNames } from '../../protocol/schema/hook-name.ts';
import type { HookSpec } from '../../protocol/schema/replies.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';

export interface NodeRow {
  readonly node: string;
  /** The protocol version of its last call; '' before its first. */
  protocol: string;
  /** As the node sent it when it asked; '' before. */
  version: string;
  /** Indexed by hook. */
  readonly calls: Float64Array;
  /** By `performance.now()`. */
  readonly last: Float64Array;
  /** Whether calls lack metadata: its requests cannot be told apart from those of other nodes. */
  lacksMeta: boolean;
  /** The list that the node got; nothing when it has not asked since the start. */
  hooks: readonly HookSpec[] | undefined;
  askedAt: number | undefined;
  /**
   * Whether it can no longer have the list of the start: it has unloaded this server, or got a list
   * elsewhere.
   */
  isElsewhere: boolean;
  /** Whether it made any other call since it got its list, or since the start. */
  hasCalled: boolean;
  refusedAt: number | undefined;
  /** Whether its list lacks message.ingress because it seems to have rejected it. */
  isShortened: boolean;
  /** When its list or this server's last changed. */
  since: number;
  /** Call counts at the first evaluation: calls in flight when a list changes prove nothing. */
  before: Float64Array | undefined;
  /** Set while its topics are in doubt: the topic filters it got, for hooks whose filters have changed. */
  oldFilters: ReadonlyMap<HookName, readonly string[]> | undefined;
}

/** More than any cluster has. Names come from outside and must not fill the memory. */
const MAX_NODES = 64;
/**
 * Milliseconds without a call after which a node makes room for a new one: in Kubernetes each pod of a broker
 * has its own name. Not shorter: invented names must not evict the nodes of a cluster.
 */
const IDLE_AFTER = 600_000;
/** Node names are Erlang atoms, which are never longer. */
const MAX_NAME = 255;
/** Stands for names that no node can have. */
const NO_NAME = '(no name of a node)';

const places = Object.fromEntries(hookNames.map((hook, place) => [hook, place])) as Record<HookName, number>;

export function placeOf(hook: HookName): number {
  return places[hook];
}

export class NodeRows {
  /** A list: comparing names is cheaper than hashing them, because every call brings a new string. */
  readonly #rows: NodeRow[] = [];

  get all(): readonly NodeRow[] {
    return this.#rows;
  }

  /** Returns nothing when too many nodes call. @param now clock of the registry; read only for a new row. */
  of(name: string, now: () => number): NodeRow | undefined {
    const node = name.length > MAX_NAME ? NO_NAME : name;
    for (let i = 0; i < this.#rows.length; i++) {
      const row = this.#rows[i] as NodeRow;
      if (row.node === node) return row;
    }
    const at = now();
    if (this.#rows.length >= MAX_NODES && !this.#dropIdle(at)) return undefined;
    return this.#open(node, at);
  }

  /** @returns whether there is room. */
  #dropIdle(now: number): boolean {
    const idlest = this.#rows.reduce((one, other) => (lastOf(other) < lastOf(one) ? other : one));
    if (now - lastOf(idlest) < IDLE_AFTER) return false;
    this.#rows.splice(this.#rows.indexOf(idlest), 1);
    return true;
  }

  #open(node: string, since: number): NodeRow {
    const row: NodeRow = {
      node,
      protocol: '',
      version: '',
      calls: new Float64Array(hookNames.length),
      last: new Float64Array(hookNames.length),
      lacksMeta: false,
      hooks: undefined,
      askedAt: undefined,
      isElsewhere: false,
      hasCalled: false,
      refusedAt: undefined,
      isShortened: false,
      since,
      before: undefined,
      oldFilters: undefined,
    };
    this.#rows.push(row);
    return row;
  }
}

/** When it last called or asked. */
function lastOf({ since, askedAt = 0, last }: NodeRow): number {
  return last.reduce((latest, at) => Math.max(latest, at), Math.max(since, askedAt));
}

interface Named {
  readonly node: string;
}

/** Names the client of a call without metadata: EMQX before 4.3.14 and 4.4.3 sends none. */
export function nodeWithoutMeta(input: HookInput): string {
  const { clientinfo, conninfo, message } = input as {
    clientinfo?: Named;
    conninfo?: Named;
    message?: Named;
  };
  return (clientinfo ?? conninfo ?? message)?.node || '';
}
