/** Groups the calls with another effect by the rules responsible. */
import { type Difference, describeEffect, differenceOf, type Effect } from './effect.ts';
import type { Registration } from './registration.ts';
import type { Observed } from './run.ts';
import { type ComparedHook, comparedHooks, type Subject } from './subject.ts';

/** One call under both configurations. */
export interface Pair {
  readonly subject: Subject;
  readonly before: Effect;
  readonly after: Effect;
  readonly difference: Difference;
  /** Whether unrecorded rules from its login may prevent the change. */
  readonly dependsOnGrants: boolean;
}

/** Calls with the same change, for the same reason. */
export interface Group {
  readonly hook: ComparedHook;
  readonly before: string;
  readonly after: string;
  readonly calls: readonly Pair[];
  /** Distinct client ids, in order of appearance. */
  readonly clients: readonly string[];
  readonly topics: readonly string[];
}

export interface HookSummary {
  readonly hook: ComparedHook;
  readonly calls: number;
  readonly same: number;
  /** Unchanged calls that another rule decides. */
  readonly byAnotherRule: number;
  /** Unchanged calls whose decision depends on unrecorded data, in the same way in both. */
  readonly untoldAlike: number;
  readonly changed: number;
  readonly untold: number;
}

export interface Comparison {
  readonly hooks: readonly HookSummary[];
  /** By hook; groups with the most calls first. */
  readonly changed: readonly Group[];
  /** Possible changes that the recording cannot confirm. */
  readonly untold: readonly Group[];
  /** Newly called hooks without any recorded call: their effect is unknown. */
  readonly unrecorded: readonly ComparedHook[];
}

/** Reports whether every call has the same effect. */
export function isUnchanged({ changed, untold, unrecorded }: Comparison): boolean {
  return changed.length + untold.length + unrecorded.length === 0;
}

export interface CompareOptions {
  readonly hooks: readonly ComparedHook[];
  readonly registrations: readonly Registration[];
}

/** @param before and `after` are in the order of the subjects. */
export function compareRuns(
  subjects: readonly Subject[],
  before: readonly Observed[],
  after: readonly Observed[],
  { hooks, registrations }: CompareOptions,
): Comparison {
  const pairs = subjects
    .map((subject, i) => pairOf(subject, before[i] as Observed, after[i] as Observed))
    .filter(({ subject }) => hooks.includes(subject.hook));
  const isNew = (hook: ComparedHook) =>
    registrations.some((registration) => registration.hook === hook && registration.before === undefined);
  const hasCalls = (hook: ComparedHook) => pairs.some(({ subject }) => subject.hook === hook);
  return {
    // Recordings of brokers before 6.3 have no such calls.
    hooks: hooks
      .filter((hook) => hook !== 'message.ingress' || hasCalls(hook))
      .map((hook) => summarize(hook, pairs)),
    unrecorded: hooks.filter((hook) => isNew(hook) && !hasCalls(hook)),
    changed: group(pairs.filter(({ difference }) => difference === 'changed')),
    untold: group(pairs.filter(({ difference }) => difference === 'untold')),
  };
}

function pairOf(subject: Subject, old: Observed, now: Observed): Pair {
  // Grants that apply on one side only may decide there.
  const isOneSided = old.dependsOnGrants !== now.dependsOnGrants;
  const before = isOneSided ? withGrants(old) : old.effect;
  const after = isOneSided ? withGrants(now) : now.effect;
  const difference = differenceOf(subject.hook, before, after);
  return { subject, before, after, difference, dependsOnGrants: now.dependsOnGrants };
}

function withGrants({ effect, dependsOnGrants }: Observed): Effect {
  if (!dependsOnGrants || effect.kind === 'untold') return effect;
  return { kind: 'untold', needs: 'the grants of the login', signature: 'grants' };
}

function summarize(hook: ComparedHook, pairs: readonly Pair[]): HookSummary {
  const own = pairs.filter(({ subject }) => subject.hook === hook);
  const same = own.filter(({ difference }) => difference === 'same');
  const count = (wanted: Difference) => own.filter(({ difference }) => difference === wanted).length;
  return {
    hook,
    calls: own.length,
    same: same.length,
    byAnotherRule: same.filter(({ before, after }) => identityOf(before) !== identityOf(after)).length,
    untoldAlike: same.filter(({ before }) => before.kind === 'untold').length,
    changed: count('changed'),
    untold: count('untold'),
  };
}

function identityOf(effect: Effect): string | undefined {
  return 'identity' in effect ? effect.identity : undefined;
}

function group(pairs: readonly Pair[]): Group[] {
  const groups = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const key = JSON.stringify([pair.subject.hook, describeEffect(pair.before), describeEffect(pair.after)]);
    const calls = groups.get(key) ?? [];
    calls.push(pair);
    groups.set(key, calls);
  }
  return [...groups.values()].map(groupOf).sort(inOrder);
}

function groupOf(calls: readonly Pair[]): Group {
  const [first] = calls as readonly [Pair, ...Pair[]];
  const different = (texts: readonly (string | undefined)[]) => [
    ...new Set(texts.filter((text) => text !== undefined)),
  ];
  return {
    hook: first.subject.hook,
    before: describeEffect(first.before),
    after: describeEffect(first.after),
    calls,
    clients: different(calls.map(({ subject }) => subject.clientid)),
    topics: different(calls.map(({ subject }) => subject.topic)),
  };
}

function inOrder(a: Group, b: Group): number {
  const byHook = comparedHooks.indexOf(a.hook) - comparedHooks.indexOf(b.hook);
  return byHook || b.calls.length - a.calls.length || compareTexts(keyOf(a), keyOf(b));
}

function keyOf({ before, after }: Group): string {
  return `${before}\0${after}`;
}

/** Locale-independent. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
