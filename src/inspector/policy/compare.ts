/** What a candidate would have decided otherwise: `exhook compare` on the calls of the ring, or on a recording. */

import type { Config } from '../../config/schema.ts';
import type { HookTable } from '../../core/hook.ts';
import { exactKey } from '../../lib/exact-key.ts';
import { plural } from '../../lib/plural.ts';
import { createPacer } from '../../lib/slices.ts';
import type { OpenPolicy } from '../../lookup/open-policy.ts';
import { isSentMessageHook } from '../../protocol/schema/hook-name.ts';
import type { Compared, CompareGroup } from '../api.ts';
import { type ConfigurationRunSource, openConfigurationRun } from '../compare/configuration-run.ts';
import { type Comparison, compareRuns, type Group } from '../compare/group.ts';
import { ruleOf } from '../compare/json.ts';
import { compareRegistrations, type Registration } from '../compare/registration.ts';
import { type Clock, type Observed, run } from '../compare/run.ts';
import { comparedHooks, type Subject } from '../compare/subject.ts';
import type { RingSubject } from './ring-subjects.ts';

export interface CompareSide {
  readonly config: Config;
  readonly policy: OpenPolicy;
}

export interface CompareWorld {
  readonly before: CompareSide;
  readonly after: CompareSide;
  readonly custom: ConfigurationRunSource['custom'];
  readonly table: HookTable;
  /** By which both policies tell the time. */
  readonly clock: Clock;
  /** Ends the comparison. */
  readonly signal: AbortSignal;
  /** Most calls that are shown of each group. */
  readonly limit: number;
}

export interface ComparedRuns {
  readonly compared: Compared;
  /** The subjects of the calls that are shown, by group, for their whys. */
  readonly shown: readonly { readonly group: CompareGroup; readonly subjects: readonly Subject[] }[];
}

export async function compareSides(
  subjects: readonly Pick<RingSubject, 'subject' | 'isPartial'>[],
  world: CompareWorld,
): Promise<ComparedRuns> {
  const { before, after, custom, table, limit } = world;
  const sources = [before, after].map((side): ConfigurationRunSource => ({ ...side, custom, table }));
  const [old, now] = sources as [ConfigurationRunSource, ConfigurationRunSource];
  const start = world.clock.time;
  const observedBefore = await observe(old, subjects, world);
  world.clock.time = start;
  const observedAfter = await observe(now, subjects, world);
  const registrations = compareRegistrations(old, now);
  const comparison = compareRuns(
    subjects.map(({ subject }) => subject),
    observedBefore,
    observedAfter,
    { hooks: comparedHooks, registrations },
  );
  return present(comparison, registrations, limit);
}

async function observe(
  source: ConfigurationRunSource,
  subjects: readonly Pick<RingSubject, 'subject' | 'isPartial'>[],
  { clock, signal }: CompareWorld,
): Promise<Observed[]> {
  const pacer = createPacer();
  const between = (): Promise<void> | undefined => {
    signal.throwIfAborted();
    return pacer.isOver() ? pacer.pause() : undefined;
  };
  const side = await openConfigurationRun(source);
  const calls = subjects.map(({ subject }) => subject);
  const observed = await run(side, calls, clock, between);
  const signature = exactKey(source.config.publish ?? null);
  return observed.map((one, i) =>
    isUntold(subjects[i], one) ? { ...one, effect: withoutPayload(signature) } : one,
  );
}

/** Rules may read the payload, and whether they do is theirs to say: where there are none, nothing is missing. */
function isUntold(of: Pick<RingSubject, 'subject' | 'isPartial'> | undefined, { effect }: Observed): boolean {
  return of?.isPartial === true && isSentMessageHook(of.subject.hook) && effect.kind !== 'not asked';
}

function withoutPayload(signature: string): Observed['effect'] {
  return { kind: 'untold', needs: 'the payload, which was not kept whole', signature };
}

function present(
  comparison: Comparison,
  registrations: readonly Registration[],
  limit: number,
): ComparedRuns {
  const sum = (field: 'calls' | 'same' | 'changed' | 'untold') =>
    comparison.hooks.reduce((total, summary) => total + summary[field], 0);
  const [total, changed, untold] = [sum('calls'), sum('changed'), sum('untold')];
  const groups = comparison.changed.map((group) => groupView(group, limit));
  const untoldGroups = comparison.untold.map((group) => groupView(group, limit));
  const compared: Compared = {
    total,
    same: sum('same'),
    changed,
    untold,
    sentence: sentenceOf(total, changed, untold),
    registrations: registrations.map(({ hook, before, after }) => ({
      hook,
      before: before ?? null,
      after: after ?? null,
    })),
    groups,
    untoldGroups,
  };
  const shown = groups.map((group, i) => ({
    group,
    subjects: comparison.changed[i]?.calls.slice(0, limit).map(({ subject }) => subject) ?? [],
  }));
  return { compared, shown };
}

function sentenceOf(total: number, changed: number, untold: number): string {
  const of = `${changed} of ${plural(total, 'call')} would end otherwise`;
  return untold === 0 ? of : `${of}; of ${untold} more it cannot be told`;
}

/** Names of clients and topics that are listed of a group. */
const MAX_NAMES = 100;

function groupView({ hook, calls, clients, topics }: Group, limit: number): CompareGroup {
  const [first] = calls;
  return {
    hook,
    before: first === undefined ? { kind: 'same' } : ruleOf(first.before),
    after: first === undefined ? { kind: 'same' } : ruleOf(first.after),
    count: calls.length,
    clients: clients.slice(0, MAX_NAMES),
    topics: topics.slice(0, MAX_NAMES),
    calls: calls.slice(0, limit).map(({ subject: { call, clientid, action, topic } }) => ({
      ...(call.file === '' ? { seq: call.line } : { line: call.line }),
      clientid,
      action,
      ...(topic !== undefined && { topic }),
    })),
  };
}
