/** The runtime of one call that is watched: notes its look-ups, its decision and its failure. */
import type { HookTable, Outcome } from '../../core/hook.ts';
import type { Lookup, ReplyOverride, Runtime } from '../../core/runtime.ts';
import type { MethodAnswer, Policy } from '../../policy/policy.ts';
import { Failure } from '../../protocol/failure.ts';
import type { HookName } from '../../protocol/schema/hook-name.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import type { Rpc } from '../../protocol/wire/rpc.ts';
import type { CallRecord, KeptLookup } from './call-record.ts';

type Lookups = Readonly<Record<string, Lookup>>;

/** What a watched call tells. */
export interface CallTap {
  /** The hook has decided, or `onError` has. Its events are routed during `work`. */
  deciding<T>(record: CallRecord, input: HookInput, outcome: Outcome, policy: Policy, work: () => T): T;
  /** Calls that fail during `work` are part of a watched call. */
  failing<T>(work: () => T): T;
  now(): number;
}

const none: ReadonlySet<HookName> = new Set();

export class TappedRuntime implements Runtime {
  readonly hooks: HookTable;
  readonly policy: Policy;
  readonly waits: ReadonlySet<HookName>;
  readonly #inner: Runtime;
  readonly #record: CallRecord;
  readonly #tap: CallTap;
  #lookups: Lookups | undefined;

  constructor(inner: Runtime, record: CallRecord, tap: CallTap) {
    this.hooks = inner.hooks;
    this.policy = inner.policy;
    this.waits = inner.waits ?? none;
    this.#inner = inner;
    this.#record = record;
    this.#tap = tap;
  }

  /** Made only for calls that ask. */
  get lookups(): Lookups {
    this.#lookups ??= Object.fromEntries(
      Object.entries(this.#inner.lookups).map(([kind, lookup]) => [kind, this.#watch(kind, lookup)]),
    );
    return this.#lookups;
  }

  decided(
    rpc: Rpc,
    input: HookInput,
    outcome: Outcome,
    since: number,
    budget: number,
    failure?: Failure,
  ): Promise<ReplyOverride> | undefined {
    const held = this.#tap.deciding(this.#record, input, outcome, this.policy, () =>
      this.#inner.decided(rpc, input, outcome, since, budget, failure),
    );
    return held ? this.#hold(held) : undefined;
  }

  failed(rpc: Rpc | undefined, failure: Failure): Failure {
    this.#record.failure = { code: failure.code, message: failure.message };
    return this.#tap.failing(() => this.#inner.failed(rpc, failure));
  }

  /** The answer waits for sinks or the disk. */
  async #hold(held: Promise<ReplyOverride>): Promise<ReplyOverride> {
    const since = this.#tap.now();
    const instead = await held;
    this.#record.heldMs = this.#tap.now() - since;
    if (instead !== undefined && !(instead instanceof Failure)) this.#record.override = instead;
    return instead;
  }

  #watch(kind: string, lookup: Lookup): Lookup {
    return async (question, context) => {
      const kept = this.#begin(kind);
      try {
        const answer = await lookup(question, context);
        Object.assign(kept, describeAnswer(kind, answer));
        return answer;
      } catch (error) {
        kept.outcome = 'failed';
        kept.reason = error instanceof Failure ? error.code : 'lookup_failed';
        throw error;
      } finally {
        kept.ms = this.#tap.now() - kept.since;
      }
    };
  }

  #begin(kind: string): KeptLookup {
    const kept: KeptLookup = {
      kind,
      since: this.#tap.now(),
      ms: undefined,
      outcome: 'running',
      reason: undefined,
    };
    this.#record.lookups ??= [];
    this.#record.lookups.push(kept);
    return kept;
  }
}

/** The answer of a login method in words; of other look-ups only that there was one. */
function describeAnswer(kind: string, answer: unknown): Pick<KeptLookup, 'outcome' | 'reason'> {
  if (!kind.startsWith('authenticate/') || typeof answer !== 'object' || answer === null)
    return { outcome: 'answered', reason: undefined };
  if ('refusedBy' in answer) return { outcome: 'deny', reason: `too many failures: ${answer.refusedBy}` };
  const { result, reason } = answer as MethodAnswer & { readonly reason?: string };
  if (result === 'allow') return { outcome: 'allow', reason: undefined };
  if (result === 'deny' || result === 'unknown') return { outcome: result, reason };
  return { outcome: 'answered', reason: undefined };
}
