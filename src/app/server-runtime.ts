/** The runtime of the server, and the policies in it: replaced as a whole, between two calls, when they change. */

import { registeredHooks } from '../config/hook-list.ts';
import type { Config } from '../config/schema.ts';
import { isDecided } from '../config/sections/routes.ts';
import type { AnyHook } from '../core/hook.ts';
import { hooks as builtInHooks } from '../core/hooks/index.ts';
import type { Lookup, Runtime } from '../core/runtime.ts';
import type { OwnList } from '../emqx/held-list.ts';
import type { EventSender } from '../events/event-sender.ts';
import type { Logger } from '../log/log.ts';
import { createRateLimit } from '../log/rate-limit.ts';
import type { NodeCalls } from '../lookup/brokers/node-calls.ts';
import { createNodeMemory } from '../lookup/brokers/node-memory.ts';
import type { PolicyCounters } from '../lookup/open-policy.ts';
import { createPolicyOpener } from '../lookup/policy/opener.ts';
import { listsIngress } from '../policy/ingress.ts';
import type { Decision } from '../protocol/schema/decision.ts';
import { type HookName, hookNames, isSentMessageHook } from '../protocol/schema/hook-name.ts';
import type { HookSpec, Reply } from '../protocol/schema/replies.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import { createCallLog } from '../telemetry/call-log.ts';
import { createDecisionLog, type DecisionLog } from '../telemetry/decision-log.ts';
import { createDecisionNotes, type NoteCounts } from '../telemetry/decision-notes.ts';
import { createFailureLog } from '../telemetry/failure-log.ts';
import { type VerdictCount, VerdictTally } from '../telemetry/verdict-tally.ts';
import { builtInEvents } from './built-in-events.ts';
import { replaceHooks } from './custom-hooks.ts';
import { withOnError } from './on-error.ts';

export interface ServerRuntimeOptions {
  readonly hooks: readonly AnyHook[];
  readonly lookups: Readonly<Record<string, Lookup>>;
  /** Takes events to the sinks. */
  readonly router: EventSender;
  readonly log: Logger;
  /** Where secrets may be. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ServerRuntime {
  /** The runtime for the next call. */
  current(): Runtime;
  /**
   * Puts the policies and the decision log of a configuration in the place of the old ones.
   *
   * @param confirm asked when all is opened, and before it is put in force: throws when it must not be.
   * @throws PolicyError when they cannot be used: the old ones stay.
   */
  replace(config: Config, confirm?: () => Promise<void>): Promise<void>;
  /** What is in force. */
  readonly config: Config;
  readonly counters: LiveCounters;
  /** The hooks that brokers are asked to call; nothing when a custom hook answers which. */
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
  /** How often new rules, users or keys could not be used. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** Calls that asked the old policy are long answered, in milliseconds. */
const CLOSE_AFTER = 60_000;

/** @throws PolicyError, or Error when a policy and a custom hook want to answer the same call. */
export async function openServerRuntime(
  first: Config,
  options: ServerRuntimeOptions,
): Promise<ServerRuntime> {
  const { log, hooks: custom, router } = options;
  const logFailure = createFailureLog(log, createRateLimit({ perSecond: 1 }));
  const calls = createCallLog(log);
  const notes = createDecisionNotes(log);
  const tally = new VerdictTally();
  const nodes = createNodeMemory(log);
  const opener = createPolicyOpener(first, options, (changed) => {
    if (changed === policy) runtime = build();
  });
  const isOwnList = !custom.some(({ name }) => name === 'provider.loaded');
  let hasWarnedOfIgnore = false;
  const silent = new Set<HookName>();

  let config = first;
  let logDecision: DecisionLog = createDecisionLog(log, config.decisions);
  let policy = await opener.open(config);
  let runtime = build();

  function build(): Runtime {
    const { revision, authenticate, authorize, publish } = policy?.policies ?? {};
    const names = custom.map(({ name }) => name);
    const timed = timedHooks(names, router.waits, publish !== undefined);
    const hooks = registeredHooks(config, names).map(({ name, topics }) => ({ name, topics: [...topics] }));
    const ingress = config.publish?.ingress;
    nodes.want(isOwnList ? { hooks, ingress } : undefined);
    return {
      hooks: replaceHooks(withOnError(builtInHooks, config), custom),
      policy: {
        hooks,
        areHooksPerNode: true,
        ingress,
        revision,
        authenticate,
        authorize,
        publish: publish && { ...publish, wasAtIngress: nodes.wasAtIngress },
      },
      lookups: { ...policy?.lookups, ...nodes.lookups, ...options.lookups },
      waits: router.waits,
      begin: ({ hook }) => (timed.has(hook) ? performance.now() : 0),
      // An answer of `onError` is one all the same: what routes promise of it holds.
      decided(rpc, input, outcome, since, budget, failure) {
        const { events, decision } = outcome;
        calls.decided(rpc, input, outcome);
        nodes.called(rpc, input, since);
        if (rpc.hook === 'message.ingress' && decision !== undefined && failure === undefined)
          judgedAtIngress(input as HookInput<'message.ingress'>, outcome.reply);
        if (outcome.reply.kind === 'loaded')
          loaded(input as HookInput<'provider.loaded'>, outcome.reply.hooks);
        if (decision !== undefined) decided(rpc, input, outcome.reply, decision, since);
        const reported = failure === undefined ? events : builtInEvents(hookNamed(rpc.hook), input);
        if (reported === undefined) return undefined;
        if (failure === undefined && reported.length === 0 && router.waits.has(rpc.hook))
          warnOfSilence(rpc.hook);
        return router.emit(rpc.hook, input, reported, since + budget);
      },
      failed(rpc, failure) {
        calls.failed(rpc, failure);
        logFailure(rpc, failure);
        return failure;
      },
    };
  }

  function decided(rpc: Rpc, input: HookInput, reply: Reply, decision: Decision, since: number): void {
    const { clientinfo } = input as HookInput<'client.authenticate'>;
    tally.count(rpc.hook, decision);
    if (rpc.hook === 'client.authenticate') {
      policy?.loginDecided(clientinfo, decision);
      if (reply.kind === 'ignore' && rpc.version === 'v2') warnOfIgnore();
    }
    notes.note(rpc, input, decision);
    logDecision(rpc, input, decision, runtime.policy.revision, performance.now() - since);
  }

  /** One that was stopped is judged again if it comes all the same: then the broker did not do as it was answered. */
  function judgedAtIngress(input: HookInput<'message.ingress'>, { kind }: Reply): void {
    if (kind === 'pass' || kind === 'rewrite') nodes.judged(input, kind === 'rewrite');
  }

  function loaded({ broker, meta }: HookInput<'provider.loaded'>, answered: readonly HookSpec[]): void {
    if (config.publish?.at !== 'ingress' || listsIngress(answered)) return;
    log.warn(
      { node: meta.node, version: broker.version },
      'publish.at is ingress, and this broker node lacks message.ingress (EMQX 6.3.0 and later): its messages are judged at message.publish, after they were authorized and retained',
    );
  }

  function warnOfIgnore(): void {
    if (hasWarnedOfIgnore) return;
    hasWarnedOfIgnore = true;
    log.warn(
      'a login was left to a broker before 5.9, which refuses it unless an authenticator of its own admits the client',
    );
  }

  function warnOfSilence(hook: HookName): void {
    if (silent.has(hook)) return;
    silent.add(hook);
    log.warn(
      `a custom hook ${hook} returned events: [], so that routes whose answers wait for an event have none to store: leave events out, and the built-in event stays`,
    );
  }

  return {
    current: () => runtime,
    get config() {
      return config;
    },
    async replace(next, confirm) {
      const opened = await opener.open(next);
      await confirm?.().catch((error: unknown) => {
        opened?.close();
        throw error;
      });
      const before = { policy, hooks: JSON.stringify(runtime.policy.hooks) };
      policy = opened;
      config = {
        ...config,
        authenticate: next.authenticate,
        authorize: next.authorize,
        publish: next.publish,
        decisions: next.decisions,
      };
      logDecision = createDecisionLog(log, config.decisions);
      runtime = build();
      before.policy?.retire();
      if (before.policy !== undefined) setTimeout(() => before.policy?.close(), CLOSE_AFTER).unref();
      if (before.hooks !== JSON.stringify(runtime.policy.hooks))
        log.warn(
          'other hooks are needed now: disable and enable this server in the broker, which reads the list then',
        );
    },
    get counters() {
      return {
        verdicts: tally.verdicts,
        decisions: tally.counts,
        notes: notes.counts,
        policy: policy?.counters,
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
      policy?.close();
      opener.close();
    },
  };
}

const hookNamed = (name: HookName): AnyHook => builtInHooks[name] as AnyHook;

/** The hooks that may be decided by a policy, or wait: of their calls somebody wants to know how long they took. */
function timedHooks(
  custom: readonly HookName[],
  waits: ReadonlySet<HookName>,
  hasMessageRules: boolean,
): ReadonlySet<HookName> {
  const decided = hookNames.filter((name) => isDecided(name) || (hasMessageRules && isSentMessageHook(name)));
  return new Set([...decided, ...custom, ...waits]);
}
