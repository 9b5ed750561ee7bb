/** The state of one broker node as plain data, for pages and for other processes. */
import { type HookName, hookNames } from '../../protocol/schema/hook-name.ts';
import type { ListDifference } from './list-evidence.ts';
import type { NodeRow } from './node-rows.ts';

export interface NodeCalls {
  /** Empty when the broker does not send it: EMQX before 4.3.14 and 4.4.3, in some calls. */
  readonly node: string;
  /** The protocol version of its last call. */
  readonly protocol: string;
  readonly calls: Readonly<Partial<Record<HookName, HookCalls>>>;
  /** The hooks that this server has answered since its start; nothing when the node has not asked here. */
  readonly list?: readonly HookName[] | undefined;
  /** Whether it seems to have rejected a list with message.ingress, and therefore gets a list without it. */
  readonly hasRefused?: boolean | undefined;
  /** Whether its list lacks message.ingress for that reason. Stays true until it asks again. */
  readonly lacksIngress?: boolean | undefined;
  /** How its list differs from this server's; nothing when it may be the same. */
  readonly outdated?: ListDifference<HookName> | undefined;
}

export interface HookCalls {
  readonly calls: number;
  /** Milliseconds since 1970. */
  readonly last: number;
}

export function callsOf(row: NodeRow, hasRefused: boolean, outdated: NodeCalls['outdated']): NodeCalls {
  const { node, protocol, hooks, isShortened } = row;
  return {
    node,
    protocol,
    calls: Object.fromEntries(hookNames.flatMap((hook, place) => entryOf(row, hook, place))),
    ...(hooks && { list: hooks.map(({ name }) => name) }),
    ...(hasRefused && { hasRefused }),
    ...(isShortened && { lacksIngress: true }),
    ...(outdated && { outdated }),
  };
}

function entryOf({ calls, last }: NodeRow, hook: HookName, place: number): [HookName, HookCalls][] {
  const times = calls[place] ?? 0;
  return times === 0 ? [] : [[hook, { calls: times, last: toClock(last[place] ?? 0) }]];
}

function toClock(at: number): number {
  return Math.round(performance.timeOrigin + at);
}
