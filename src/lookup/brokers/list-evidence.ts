/**
 * Finds out whether a broker node has the hook list that this server would answer now.
 *
 * A broker asks for the list only when it loads this server: not when the configuration changes, and not
 * after a restart that its health check (every 5 s in EMQX 6.2) misses. With several replicas it may have
 * asked another one. The list that a node got here therefore counts until its calls contradict it; for a node
 * that has not asked here, only its calls are evidence.
 */
import { compareLists, isDifferent, type ListDifference } from '../../policy/hook-lists.ts';
import { type HookName, hookNames, isRegistrable } from '../../protocol/schema/hook-name.ts';
import type { HookSpec } from '../../protocol/schema/replies.ts';
import { type NodeRow, placeOf } from './node-rows.ts';

export type { ListDifference } from '../../policy/hook-lists.ts';

/** Called once per admitted client, after its login. */
const WITNESS = 'client.connected';
/** This many clients without a single login call cannot be a coincidence. */
const ENOUGH = 10;

/** Notifications are not evidence: another replica may have answered the node, and they may be rare. */
const DECIDING: readonly HookName[] = [
  'client.authenticate',
  'client.authorize',
  'message.ingress',
  'message.publish',
];

/**
 * Compares the lists. Returns nothing when the node may have the current list.
 *
 * @param held the list that the node got, or could have got at the start of this server.
 * @param wanted the list that it would get now.
 * @param all the whole list, for releases that have every hook.
 */
export function findDifference(
  row: NodeRow,
  held: readonly HookSpec[] | undefined,
  wanted: readonly HookSpec[],
  all: readonly HookSpec[],
): ListDifference<HookName> | undefined {
  // Until then, calls belong to the previous list.
  if (row.before === undefined) return undefined;
  const { hooks } = row;
  const found =
    hooks === undefined ? unasked(row, held ?? wanted, wanted, all) : asked(row, hooks, wanted, all);
  return isDifferent(found) ? found : undefined;
}

/** Reports whether the node calls hooks that it did not get here: another replica has answered it since. */
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
  // A superfluous hook only costs time. Calls to it show that the node has it.
  return { missing, otherTopics, extra: unlisted(row, all) };
}

/** A broker whose own authenticators admit its clients looks the same; docs/doctor.md says so. */
function unasked(
  row: NodeRow,
  held: readonly HookSpec[],
  wanted: readonly HookSpec[],
  all: readonly HookSpec[],
): ListDifference<HookName> {
  const extra = row.lacksMeta ? [] : unlisted(row, all);
  const mustAsk = all.some(({ name }) => name === 'client.authenticate');
  const neverAsks = row.calls[placeOf('client.authenticate')] === 0 && callsSince(row, WITNESS) >= ENOUGH;
  // A node that has left makes no calls and has no list.
  const isThere = hookNames.some((hook) => callsSince(row, hook) > 0);
  const since = isThere ? compareLists<HookName>(held, wanted) : undefined;
  const isDeciding = (hook: HookName) => DECIDING.includes(hook);
  const missing = new Set(since?.missing.filter(isDeciding));
  if (mustAsk && neverAsks) missing.add('client.authenticate');
  return { missing: [...missing], extra, otherTopics: since?.otherTopics.filter(isDeciding) ?? [] };
}

/** The hooks that the node calls although the current list does not have them. */
function unlisted(row: NodeRow, all: readonly HookSpec[]): HookName[] {
  return hookNames.filter(
    (hook) => isRegistrable(hook) && callsSince(row, hook) > 0 && !all.some(({ name }) => name === hook),
  );
}

function callsSince({ calls, before }: NodeRow, hook: HookName): number {
  const place = placeOf(hook);
  return (calls[place] ?? 0) - (before?.[place] ?? 0);
}
