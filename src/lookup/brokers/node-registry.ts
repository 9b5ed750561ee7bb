/**
 * Records for each broker node what it called, when, and which hook list it got.
 *
 * A broker that does not know message.ingress rejects the whole list, calls no hook and asks again. A node
 * that asks again soon without a call in between therefore gets a list without message.ingress for a while.
 */
import { compareLists } from '../../policy/hook-lists.ts';
import { hooksFor, type IngressSupport, listsIngress, withoutIngress } from '../../policy/ingress.ts';
import { matches } from '../../policy/topics/topic-filter.ts';
import type { HookName } from '../../protocol/schema/hook-name.ts';
import type { HookSpec } from '../../protocol/schema/replies.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import type { Rpc } from '../../protocol/wire/rpc.ts';
import { findDifference, wasAnsweredElsewhere } from './list-evidence.ts';
import { callsOf, type NodeCalls } from './node-calls.ts';
import type { NodeNews } from './node-news.ts';
import { type NodeRow, NodeRows, nodeWithoutMeta, placeOf } from './node-rows.ts';

/**
 * A node that asks again within this time may have rejected the list, in milliseconds. EMQX asks every 60 s.
 */
const ASKS_AGAIN_WITHIN = 120_000;
/** How long such a node gets a list without message.ingress, in milliseconds. */
const REFUSAL_LASTS = 600_000;
/** Milliseconds after which no call made for the previous list is in flight. */
const SETTLED_AFTER = 10_000;

export interface NodeRegistryOptions {
  /** Milliseconds of a clock that is never set. */
  readonly now: () => number;
  /** Tells the other processes of this server what this one has seen; they `hear` it. */
  readonly tell?: (news: NodeNews) => void;
}

/** The hooks that brokers should call now. */
export interface WantedHooks {
  readonly hooks: readonly HookSpec[];
  readonly ingress: IngressSupport | undefined;
}

export interface Asked {
  readonly hooks: readonly HookSpec[];
  /** The node has just been found to reject lists with message.ingress: log a warning. */
  readonly isNewRefusal: boolean;
}

export class NodeRegistry {
  readonly #rows = new NodeRows();
  readonly #now: () => number;
  readonly #tell: (news: NodeNews) => void;
  #wanted: WantedHooks | undefined;
  /** The list at start: a node that has not asked since cannot have a later one of this server. */
  #atStart: WantedHooks | undefined;
  /** When `look` was last called: the time of calls that are not timed. */
  #lookedAt: number;

  constructor({ now, tell = () => {} }: NodeRegistryOptions) {
    this.#now = now;
    this.#tell = tell;
    this.#lookedAt = now();
  }

  /** Every node that has called or asked. */
  get nodes(): NodeCalls[] {
    return this.#rows.all.map((row) => callsOf(row, this.#hasRefused(row), this.#differenceOf(row)));
  }

  /**
   * The list has changed or is known for the first time. @param wanted nothing when there is no single right
   * list.
   */
  want(wanted: WantedHooks | undefined): void {
    const before = JSON.stringify(this.#wanted);
    this.#wanted = wanted;
    this.#atStart ??= wanted;
    if (before === JSON.stringify(wanted)) return;
    for (const row of this.#rows.all) {
      this.#unsettle(row);
      this.#doubtTopics(row);
    }
  }

  /** Returns the list for this node, for provider.loaded. */
  asked(node: string, version: string, all: readonly HookSpec[], support: IngressSupport | undefined): Asked {
    const row = this.#rows.of(node, this.#now);
    const full = hooksFor(all, version, support);
    if (row === undefined) return { hooks: withoutIngress(full), isNewRefusal: false };
    const isNewRefusal = listsIngress(full) && this.#refusesNow(row);
    if (isNewRefusal) row.refusedAt = this.#now();
    const isRefused = this.#hasRefused(row);
    const hooks = isRefused ? withoutIngress(full) : full;
    this.#note(row, version, hooks, isRefused);
    this.#tell({ node, what: 'asked', hooks, version, isRefused });
    return { hooks, isNewRefusal };
  }

  /**
   * Records a decided call. Must be cheap: it runs for every call. @param at by `performance.now()`; 0 when
   * calls are not timed.
   */
  called({ hook, version }: Rpc, input: HookInput, at: number): void {
    const { node } = input.meta;
    const row = this.#rows.of(node || nodeWithoutMeta(input), this.#now);
    if (row === undefined) return;
    const place = placeOf(hook);
    row.protocol = version;
    (row.calls[place] as number)++;
    row.last[place] = at === 0 ? this.#lookedAt : at;
    // A broker unloads only what it has loaded (EMQX's source), so asking again is then not a sign of a
    // rejection.
    if (hook === 'provider.unloaded') this.#forgetList(row);
    else if ((!row.hasCalled || row.oldFilters !== undefined) && hook !== 'provider.loaded')
      this.#calledFirst(row, hook, input);
  }

  /**
   * Evaluates every few seconds what the calls so far say about the lists.
   *
   * Compares the counts with those of the first evaluation after a list could be in force.
   */
  look(): void {
    this.#lookedAt = this.#now();
    for (const row of this.#rows.all) {
      if (row.before === undefined && this.#now() - row.since >= SETTLED_AFTER)
        row.before = row.calls.slice();
      const held = this.#heldBy(row);
      if (held && this.#wanted && wasAnsweredElsewhere(row, held, this.#wantedFor(row, this.#wanted)))
        this.#forgetList(row);
    }
  }

  /** Applies what another process of this server has seen. */
  hear({ node, what, hooks, version = '', isRefused = false }: NodeNews): void {
    const row = this.#rows.of(node, this.#now);
    if (row === undefined) return;
    if (what === 'asked' && hooks !== undefined) {
      row.refusedAt = isRefused ? (row.refusedAt ?? this.#now()) : undefined;
      this.#note(row, version, hooks, isRefused);
    }
    if (what === 'called') row.hasCalled = true;
    if (what === 'elsewhere') this.#forgetList(row, false);
  }

  #calledFirst(row: NodeRow, hook: HookName, input: HookInput): void {
    if (row.node !== input.meta.node) row.lacksMeta = true;
    if (!row.hasCalled) {
      row.hasCalled = true;
      this.#tell({ node: row.node, what: 'called' });
    }
    const old = row.oldFilters?.get(hook);
    const { topic } = (input as Partial<HookInput<'message.publish'>>).message ?? {};
    if (old === undefined || topic === undefined || row.before === undefined) return;
    if (!old.some((filter) => matches(filter, topic))) this.#forgetList(row);
  }

  /** The node has unloaded this server, or got a list from another replica. */
  #forgetList(row: NodeRow, isNew = true): void {
    Object.assign(row, { hooks: undefined, askedAt: undefined, oldFilters: undefined, isElsewhere: true });
    if (isNew) this.#tell({ node: row.node, what: 'elsewhere' });
  }

  #note(row: NodeRow, version: string, hooks: readonly HookSpec[], isShortened: boolean): void {
    Object.assign(row, {
      version,
      hooks,
      isShortened,
      askedAt: this.#now(),
      hasCalled: false,
      isElsewhere: false,
    });
    this.#unsettle(row);
    this.#doubtTopics(row);
  }

  #unsettle(row: NodeRow): void {
    row.since = this.#now();
    row.before = undefined;
  }

  /** A message outside the topic filters that the node got shows that it has others. */
  #doubtTopics(row: NodeRow): void {
    const hooks = this.#heldBy(row);
    const wanted = this.#wanted && this.#wantedFor(row, this.#wanted);
    const others = hooks && wanted ? compareLists<HookName>(hooks, wanted).otherTopics : [];
    const filters = others.map(
      (name) => [name, hooks?.find((hook) => hook.name === name)?.topics ?? []] as const,
    );
    const limited = filters.filter(([, topics]) => topics.length > 0);
    row.oldFilters = limited.length === 0 ? undefined : new Map(limited);
  }

  #differenceOf(row: NodeRow): NodeCalls['outdated'] {
    if (this.#wanted === undefined) return undefined;
    const wanted = this.#wantedFor(row, this.#wanted);
    return findDifference(row, this.#heldBy(row), wanted, this.#wanted.hooks);
  }

  /** The list that the node got here, or may have got before the start. */
  #heldBy(row: NodeRow): readonly HookSpec[] | undefined {
    if (row.hooks !== undefined || row.isElsewhere || this.#atStart === undefined) return row.hooks;
    return this.#wantedFor(row, this.#atStart);
  }

  /** The list that the node would get now, apart from hooks it has rejected. */
  #wantedFor(row: NodeRow, { hooks, ingress }: WantedHooks): readonly HookSpec[] {
    const full = hooksFor(hooks, row.version, ingress);
    return row.isShortened ? withoutIngress(full) : full;
  }

  #refusesNow({ hooks, askedAt, hasCalled }: NodeRow): boolean {
    if (hooks === undefined || askedAt === undefined || !listsIngress(hooks)) return false;
    return !hasCalled && this.#now() - askedAt < ASKS_AGAIN_WITHIN;
  }

  #hasRefused(row: NodeRow): boolean {
    if (row.refusedAt !== undefined && this.#now() - row.refusedAt >= REFUSAL_LASTS)
      row.refusedAt = undefined;
    return row.refusedAt !== undefined;
  }
}
