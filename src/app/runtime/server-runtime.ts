/** The runtime of the server and its policies. It is replaced as a whole, between two calls, when they change. */
import type { Config } from '../../config/schema.ts';
import type { AnyHook } from '../../core/hook.ts';
import type { Lookup, Runtime } from '../../core/runtime.ts';
import type { OwnList } from '../../emqx/held-list.ts';
import type { EventSender } from '../../events/event-sender.ts';
import type { Logger } from '../../log/log.ts';
import type { NodeCalls } from '../../lookup/brokers/node-calls.ts';
import { createNodeMemory } from '../../lookup/brokers/node-memory.ts';
import type { OpenPolicy, PolicyCounters } from '../../lookup/open-policy.ts';
import { createPolicyOpener } from '../../lookup/policy/opener.ts';
import { createDecisionLog } from '../../telemetry/decision-log.ts';
import type { NoteCounts } from '../../telemetry/decision-notes.ts';
import type { VerdictCount } from '../../telemetry/verdict-tally.ts';
import { buildRuntime } from './build-runtime.ts';
import { createCallObserver } from './call-observer.ts';
import { type InForce, withChangeable } from './in-force.ts';

export interface ServerRuntimeOptions {
  readonly hooks: readonly AnyHook[];
  readonly lookups: Readonly<Record<string, Lookup>>;
  /** Passes events to the sinks. */
  readonly router: EventSender;
  readonly log: Logger;
  /** Where to find secrets. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ServerRuntime {
  /** Returns the runtime for the next call. */
  current(): Runtime;
  /**
   * Replaces the policies and the decision log by those of a configuration.
   *
   * @param confirm called when everything is open, before it takes effect: throws to cancel.
   * @throws PolicyError if they cannot be used: the old ones stay in effect.
   */
  replace(config: Config, confirm?: () => Promise<void>): Promise<void>;
  /** What is in force. */
  readonly config: Config;
  /** Nothing when the configuration has no policies. */
  readonly policy: OpenPolicy | undefined;
  readonly counters: LiveCounters;
  /** The hooks that brokers are asked to call; undefined if a custom hook returns the list. */
  readonly ownList: OwnList | undefined;
  /** The broker nodes that have called. */
  readonly nodes: readonly NodeCalls[];
  close(): void;
}

/** Plain numbers, for metrics. */
export interface LiveCounters {
  /** Verdicts by hook: `client.authorize` -> `deny` -> 3. */
  readonly verdicts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly notes: NoteCounts;
  /** Verdicts by hook and by the method or rule that decided. */
  readonly decisions: readonly VerdictCount[];
  readonly policy: PolicyCounters | undefined;
  /** How often new rules, users or keys were rejected. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** Delay before an old policy is closed, in milliseconds: by then its calls are answered. */
const CLOSE_AFTER = 60_000;

/** @throws PolicyError, or Error if a policy and a custom hook would answer the same call. */
export async function openServerRuntime(
  first: Config,
  options: ServerRuntimeOptions,
): Promise<ServerRuntime> {
  const { log, hooks: custom } = options;
  const nodes = createNodeMemory(log);
  const opener = createPolicyOpener(first, options, (changed) => {
    if (changed === inForce.policy) runtime = build();
  });
  const isOwnList = !custom.some(({ name }) => name === 'provider.loaded');
  const observer = createCallObserver({ ...options, nodes, inForce: () => inForce });
  const put = (config: Config, policy: OpenPolicy | undefined): InForce => ({
    config,
    policy,
    logDecision: createDecisionLog(log, config.decisions),
  });
  let inForce = put(first, await opener.open(first));
  let runtime = build();

  function build(): Runtime {
    const built = buildRuntime(inForce, { ...options, nodes, observer });
    const { hooks, ingress } = built.policy;
    nodes.want(isOwnList ? { hooks, ingress } : undefined);
    return built;
  }

  return {
    current: () => runtime,
    get config() {
      return inForce.config;
    },
    get policy() {
      return inForce.policy;
    },
    async replace(next, confirm) {
      const opened = await opener.open(next);
      await confirm?.().catch((error: unknown) => {
        opened?.close();
        throw error;
      });
      const before = { ...inForce, hooks: JSON.stringify(runtime.policy.hooks) };
      inForce = put(withChangeable(inForce.config, next), opened);
      runtime = build();
      retire(before.policy);
      if (before.hooks !== JSON.stringify(runtime.policy.hooks))
        log.warn(
          'the hook list changed: disable and re-enable this server in EMQX, which then reads the new list',
        );
    },
    get counters() {
      return {
        verdicts: observer.tally.verdicts,
        decisions: observer.tally.counts,
        notes: observer.notes,
        policy: inForce.policy?.counters,
        refusals: opener.refusals,
      };
    },
    get ownList() {
      const { hooks, ingress } = runtime.policy;
      const isIngressRefused = nodes.nodes.some(({ lacksIngress }) => lacksIngress === true);
      return isOwnList ? { hooks, ingress, isIngressRefused } : undefined;
    },
    get nodes() {
      return nodes.nodes;
    },
    close() {
      nodes.close();
      inForce.policy?.close();
      opener.close();
    },
  };
}

/** Stops renewing; it is released when its last calls are answered. */
function retire(policy: OpenPolicy | undefined): void {
  if (policy === undefined) return;
  policy.retire();
  setTimeout(() => policy.close(), CLOSE_AFTER).unref();
}
