/** Which broker nodes call which hooks, and when they last did. */
import { type HookName, hookNames } from '../schema/hook-name.ts';
import type { HookInput } from '../schema/requests.ts';
import type { Rpc } from '../wire/rpc.ts';

/** What one node called. */
export interface NodeCalls {
  /** Empty when the broker does not say: EMQX before 4.3.14 and 4.4.3, in some calls. */
  readonly node: string;
  /** Version of the protocol it last spoke. */
  readonly protocol: string;
  readonly calls: Readonly<Partial<Record<HookName, HookCalls>>>;
}

export interface HookCalls {
  readonly calls: number;
  /** Milliseconds since 1970. */
  readonly last: number;
}

interface Row {
  readonly node: string;
  protocol: string;
  readonly calls: Float64Array;
  /** By `performance.now()`. */
  readonly last: Float64Array;
}

/** More than any cluster has: names come from outside and must not fill the memory. */
const MAX_NODES = 64;
/** No atom of Erlang is longer, and a node's name is one. */
const MAX_NAME = 255;
/** Stands for names that no node can have. */
const NO_NAME = '(no name of a node)';

const places = Object.fromEntries(hookNames.map((hook, place) => [hook, place])) as Record<HookName, number>;

export class BrokerNodes {
  /** A list: names are compared. As keys of a map, the names that come fresh with each call would be hashed. */
  readonly #rows: Row[] = [];

  /** @param at by `performance.now()`. */
  called({ hook, version }: Rpc, input: HookInput, at: number): void {
    const node = nodeOf(input);
    const row = this.#rowOf(node.length > MAX_NAME ? NO_NAME : node);
    if (row === undefined) return;
    const place = places[hook];
    row.protocol = version;
    (row.calls[place] as number)++;
    row.last[place] = at;
  }

  get nodes(): NodeCalls[] {
    return this.#rows.map(({ node, protocol, calls, last }) => ({
      node,
      protocol,
      calls: Object.fromEntries(
        hookNames.flatMap((hook, place) => {
          const times = calls[place] ?? 0;
          return times === 0 ? [] : [[hook, { calls: times, last: toClock(last[place] ?? 0) }]];
        }),
      ),
    }));
  }

  #rowOf(node: string): Row | undefined {
    for (let i = 0; i < this.#rows.length; i++) {
      const row = this.#rows[i] as Row;
      if (row.node === node) return row;
    }
    return this.#rows.length < MAX_NODES ? this.#open(node) : undefined;
  }

  #open(node: string): Row {
    const row: Row = {
      node,
      protocol: '',
      calls: new Float64Array(hookNames.length),
      last: new Float64Array(hookNames.length),
    };
    this.#rows.push(row);
    return row;
  }
}

interface Named {
  readonly node: string;
}

/** From the metadata, else of the client, connection or message that the call is about. */
function nodeOf(input: HookInput): string {
  const { meta, clientinfo, conninfo, message } = input as {
    meta: Named;
    clientinfo?: Named;
    conninfo?: Named;
    message?: Named;
  };
  return meta.node || (clientinfo ?? conninfo ?? message)?.node || '';
}

function toClock(at: number): number {
  return Math.round(performance.timeOrigin + at);
}
