/** One row for each broker node that calls: what it called, and which list of hooks it has. */
import { type HookName, hookNames } from '../../protocol/schema/hook-name.ts';
import type { HookSpec } from '../../protocol/schema/replies.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';

export interface NodeRow {
  readonly node: string;
  /** Version of the protocol it last spoke; '' before its first call. */
  protocol: string;
  /** As it said when it asked; '' before. */
  version: string;
  /** By the place of the hook. */
  readonly calls: Float64Array;
  /** By `performance.now()`. */
  readonly last: Float64Array;
  /** Whether calls lack metadata, so that its questions cannot be told from those of others. */
  lacksMeta: boolean;
  /** The list that it was answered; nothing when it has not asked since the start. */
  hooks: readonly HookSpec[] | undefined;
  askedAt: number | undefined;
  /** Whether it cannot hold the list of our start any more: it has unloaded us, or another replica has answered it. */
  isElsewhere: boolean;
  /** Whether it made any other call since it was answered, or since the start. */
  hasCalled: boolean;
  refusedAt: number | undefined;
  /** Whether it was answered without message.ingress because it seems to have refused it. */
  isShortened: boolean;
  /** Since when its list and ours are what they are. */
  since: number;
  /** Calls that were made before anything can be concluded: those under way when a list changes tell nothing. */
  before: Float64Array | undefined;
  /** Set while its topics are in doubt: the filters it was answered, of the hooks whose filters are others now. */
  oldFilters: ReadonlyMap<HookName, readonly string[]> | undefined;
}

/** More than any cluster has: names come from outside and must not fill the memory. */
const MAX_NODES = 64;
/**
 * A node that has not called for so many milliseconds makes room for a new one: in Kubernetes each pod of a broker has a
 * name of its own. No less, so that names somebody makes up do not push out the nodes of a cluster.
 */
const IDLE_AFTER = 600_000;
/** No atom of Erlang is longer, and a node's name is one. */
const MAX_NAME = 255;
/** Stands for names that no node can have. */
const NO_NAME = '(no name of a node)';

const places = Object.fromEntries(hookNames.map((hook, place) => [hook, place])) as Record<HookName, number>;

export function placeOf(hook: HookName): number {
  return places[hook];
}

export class NodeRows {
  /** A list: names are compared. As keys of a map, the names that come fresh with each call would be hashed. */
  readonly #rows: NodeRow[] = [];

  get all(): readonly NodeRow[] {
    return this.#rows;
  }

  /** Nothing when there are too many that call. @param now by the clock of the registry; asked for a new row only. */
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

/** When it called, or asked, last. */
function lastOf({ since, askedAt = 0, last }: NodeRow): number {
  return last.reduce((latest, at) => Math.max(latest, at), Math.max(since, askedAt));
}

interface Named {
  readonly node: string;
}

/** Whom a call without metadata is about: EMQX before 4.3.14 and 4.4.3 sends none. */
export function nodeWithoutMeta(input: HookInput): string {
  const { clientinfo, conninfo, message } = input as {
    clientinfo?: Named;
    conninfo?: Named;
    message?: Named;
  };
  return (clientinfo ?? conninfo ?? message)?.node || '';
}
