/** The runtime of one traced call: records the outcome of the call in its span. */

import type { HookTable, Outcome } from '../../core/hook.ts';
import type { Lookup, ReplyOverride, Runtime } from '../../core/runtime.ts';
import type { Policy } from '../../policy/policy.ts';
import { Failure } from '../../protocol/failure.ts';
import type { HookName } from '../../protocol/schema/hook-name.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import type { Rpc } from '../../protocol/wire/rpc.ts';
import type { CurrentTrace } from './current.ts';
import { describeDecision, describeInput, describeStatus } from './describe-call.ts';
import { names } from './names.ts';
import type { RunningSpan } from './running-span.ts';
import type { Spans } from './spans.ts';
import { traceLookups } from './traced-lookups.ts';

export interface TracedWorld {
  readonly spans: Spans;
  readonly current: CurrentTrace;
}

const none: ReadonlySet<HookName> = new Set();

export class TracedRuntime implements Runtime {
  readonly hooks: HookTable;
  readonly policy: Policy;
  readonly waits: ReadonlySet<HookName>;
  readonly #inner: Runtime;
  readonly #span: RunningSpan;
  readonly #world: TracedWorld;
  #lookups: Readonly<Record<string, Lookup>> | undefined;
  #failure: Failure | undefined;
  #outcome: string | undefined;

  constructor(inner: Runtime, span: RunningSpan, world: TracedWorld) {
    this.hooks = inner.hooks;
    this.policy = inner.policy;
    this.waits = inner.waits ?? none;
    this.#inner = inner;
    this.#span = span;
    this.#world = world;
  }

  /** Created only for calls that ask. */
  get lookups(): Readonly<Record<string, Lookup>> {
    this.#lookups ??= traceLookups(this.#inner.lookups, this.#span, this.#world.spans);
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
    this.#outcome = outcome.reply.kind;
    const { spans } = this.#world;
    const said = spans.attempt(() => ({ ...describeInput(input), ...describeDecision(outcome) }));
    this.#span.set(said ?? {});
    const held = this.#world.current.during(this.#span.traceParent, () =>
      this.#inner.decided(rpc, input, outcome, since, budget, failure),
    );
    return held ? this.#hold(held) : undefined;
  }

  failed(rpc: Rpc | undefined, failure: Failure): Failure {
    this.#failure = failure;
    return this.#inner.failed(rpc, failure);
  }

  /** @param result what the caller gets. */
  end(result: unknown): void {
    const told = result instanceof Failure ? result : undefined;
    const failed = told ?? this.#failure;
    const outcome = failed?.code ?? this.#outcome;
    this.#span.set({ ...describeStatus(told), ...(outcome !== undefined && { [names.outcome]: outcome }) });
    if (failed !== undefined) this.#span.fail(failed.code);
    this.#span.end();
  }

  /** The answer waits for sinks or the disk. */
  async #hold(held: Promise<ReplyOverride>): Promise<ReplyOverride> {
    const span = this.#world.spans.start('await sinks', {}, this.#span.context);
    const instead = await held;
    if (instead instanceof Failure) span?.fail(instead.code);
    else if (instead !== undefined) {
      this.#outcome = instead.kind;
      span?.set({ [names.outcome]: instead.kind });
    }
    span?.end();
    return instead;
  }
}
