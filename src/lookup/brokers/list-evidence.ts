/**
 * Whether a broker node holds the list of hooks that this server answers now.
 *
 * A broker asks for the list when it loads this server, and at no other time: not when the configuration changes, and not
 * after a restart that its health check (every 5 s in EMQX 6.2) does not notice. With several replicas, another one may
 * have been asked. So what a node was answered here counts until its calls say otherwise, and of a node that has not
 * asked here, its calls alone tell something.
 */
import { compareLists, isDifferent, type ListDifference } from '../../policy/hook-lists.ts';
import { type HookName, hookNames, isRegistrable } from '../../protocol/schema/hook-name.ts';
import type { HookSpec } from '../../protocol/schema/replies.ts';
import { type NodeRow, placeOf } from './node-rows.ts';

export type { ListDifference } from '../../policy/hook-lists.ts';

/** Hooks about clients that have been admitted: one such call a client, and a login before it. */
const WITNESS = 'client.connected';
/** So many clients without one question about a login are no coincidence. */
const ENOUGH = 10;

/** New notifications are no evidence: another replica may have answered the node, and they may come seldom. */
const DECIDING: readonly HookName[] = [
  'client.authenticate',
  'client.authorize',
  'message.ingress',
  'message.publish',
];

/**
 * Nothing when the node may well hold our list.
 *
 * @param held the list that it was answered, or could have been at the start of this server.
 * @param wanted the list that it would be answered now.
 * @param all the whole list, for releases that have every hook.
 */
export function findDifference(
  row: NodeRow,
  held: readonly HookSpec[] | undefined,
  wanted: readonly HookSpec[],
  all: readonly HookSpec[],
): ListDifference<HookName> | undefined {
  // Before that, calls are those of the list before.
  if (row.before === undefined) return undefined;
  const { hooks } = row;
  const found =
    hooks === undefined ? unasked(row, held ?? wanted, wanted, all) : asked(row, hooks, wanted, all);
  return isDifferent(found) ? found : undefined;
}

/** Whether it calls what it was not asked for here: then another replica has answered it since. */
export function wasAnsweredElsewhere(
  row: NodeRow,
  held: readonly HookSpec[],
  wanted: readonly HookSpec[],
): boolean {
  if (row.before === undefined) return false;
  return compareLists<HookName>(held, wanted).missing.some((hook) => callsSince(row, hook) > 0);
}

function asked(
  row: NodeRow,
  held: readonly HookSpec[],
  wanted: readonly HookSpec[],
  all: readonly HookSpec[],
): ListDifference<HookName> {
  const { missing, otherTopics } = compareLists<HookName>(held, wanted);
  // A hook too many costs time and nothing else: that it is called is what shows that it is held.
  return { missing, otherTopics, extra: unlisted(row, all) };
}

/** A broker whose own authenticators admit its clients looks the same: docs/doctor.md says so. */
function unasked(
  row: NodeRow,
  held: readonly HookSpec[],
  wanted: readonly HookSpec[],
  all: readonly HookSpec[],
): ListDifference<HookName> {
  const extra = row.lacksMeta ? [] : unlisted(row, all);
  const mustAsk = all.some(({ name }) => name === 'client.authenticate');
  const neverAsks = row.calls[placeOf('client.authenticate')] === 0 && callsSince(row, WITNESS) >= ENOUGH;
  // A node that has gone calls no more, and holds no list.
  const isThere = hookNames.some((hook) => callsSince(row, hook) > 0);
  const since = isThere ? compareLists<HookName>(held, wanted) : undefined;
  const isDeciding = (hook: HookName) => DECIDING.includes(hook);
  const missing = new Set(since?.missing.filter(isDeciding));
  if (mustAsk && neverAsks) missing.add('client.authenticate');
  return { missing: [...missing], extra, otherTopics: since?.otherTopics.filter(isDeciding) ?? [] };
}

/** What it calls although nobody asks for it now. */
function unlisted(row: NodeRow, all: readonly HookSpec[]): HookName[] {
  return hookNames.filter(
    (hook) => isRegistrable(hook) && callsSince(row, hook) > 0 && !all.some(({ name }) => name === hook),
  );
}

function callsSince({ calls, before }: NodeRow, hook: HookName): number {
  const place = placeOf(hook);
  return (calls[place] ?? 0) - (before?.[place] ?? 0);
}
