/** Handles what follows from a call that was decided or failed: logs, tallies, broker nodes, events. */
import type { AnyHook } from '../../core/hook.ts';
import { hooks as builtInHooks } from '../../core/hooks/index.ts';
import type { Runtime } from '../../core/runtime.ts';
import type { EventSender } from '../../events/event-sender.ts';
import type { Logger } from '../../log/log.ts';
import { createRateLimit } from '../../log/rate-limit.ts';
import type { NodeMemory } from '../../lookup/brokers/node-memory.ts';
import type { Decision } from '../../protocol/schema/decision.ts';
import type { Reply } from '../../protocol/schema/replies.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import type { Rpc } from '../../protocol/wire/rpc.ts';
import { createCallLog } from '../../telemetry/call-log.ts';
import { createDecisionNotes, type NoteCounts } from '../../telemetry/decision-notes.ts';
import { createFailureLog } from '../../telemetry/failure-log.ts';
import { VerdictTally } from '../../telemetry/verdict-tally.ts';
import { builtInEvents } from '../built-in-events.ts';
import type { InForce } from './in-force.ts';
import { createRuntimeWarnings } from './runtime-warnings.ts';

export interface CallObserver extends Pick<Runtime, 'decided' | 'failed'> {
  readonly tally: VerdictTally;
  readonly notes: NoteCounts;
}

export interface ObservedWorld {
  readonly log: Logger;
  readonly nodes: NodeMemory;
  /** Passes events to the sinks. */
  readonly router: EventSender;
  /** The configuration in force at this moment. */
  readonly inForce: () => InForce;
}

export function createCallObserver({ log, nodes, router, inForce }: ObservedWorld): CallObserver {
  const calls = createCallLog(log);
  const logFailure = createFailureLog(log, createRateLimit({ perSecond: 1 }));
  const notes = createDecisionNotes(log);
  const tally = new VerdictTally();
  const warnings = createRuntimeWarnings(log);

  function noteDecision(rpc: Rpc, input: HookInput, reply: Reply, decision: Decision, since: number): void {
    const { policy, logDecision } = inForce();
    tally.count(rpc.hook, decision);
    if (rpc.hook === 'client.authenticate') {
      policy?.loginDecided((input as HookInput<'client.authenticate'>).clientinfo, decision);
      if (reply.kind === 'ignore' && rpc.version === 'v2') warnings.loginIgnored();
    }
    notes.note(rpc, input, decision);
    logDecision(rpc, input, decision, policy?.policies.revision, performance.now() - since);
  }

  return {
    tally,
    get notes() {
      return notes.counts;
    },
    // An answer of `onError` counts as an answer: the guarantees of routes apply.
    decided(rpc, input, outcome, since, budget, failure) {
      const { events, decision, reply } = outcome;
      calls.decided(rpc, input, outcome);
      nodes.called(rpc, input, since);
      if (rpc.hook === 'message.ingress' && decision !== undefined && failure === undefined)
        noteJudged(nodes, input as HookInput<'message.ingress'>, reply);
      if (reply.kind === 'loaded')
        warnings.loaded(input as HookInput<'provider.loaded'>, reply.hooks, inForce().config);
      if (decision !== undefined) noteDecision(rpc, input, reply, decision, since);
      const reported =
        failure === undefined ? events : builtInEvents(builtInHooks[rpc.hook] as AnyHook, input);
      if (reported === undefined) return undefined;
      if (failure === undefined && reported.length === 0 && router.waits.has(rpc.hook))
        warnings.nothingReported(rpc.hook);
      return router.emit(rpc.hook, input, reported, since + budget);
    },
    failed(rpc, failure) {
      calls.failed(rpc, failure);
      logFailure(rpc, failure);
      return failure;
    },
  };
}

/** Judges a stopped message again if it arrives anyway: the broker then did not do as it was told. */
function noteJudged(nodes: NodeMemory, input: HookInput<'message.ingress'>, { kind }: Reply): void {
  if (kind === 'pass' || kind === 'rewrite') nodes.judged(input, kind === 'rewrite');
}
