/** Numbers for metrics: of a server that has nothing to do, and of one where every metric has a value. */
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import { createCallWatch } from '../../src/telemetry/call-watch.ts';
import type { MetricSource } from '../../src/telemetry/metrics.ts';
import { aRuntime, rpcFor } from './runtime.ts';

export const anInput = { meta: { node: 'emqx@a' } } as HookInput;

export const aLoad: MetricSource['load'] = {
  deciding: 0,
  bytes: 0,
  shed: 0,
  limits: { inFlight: 10, queuedBytes: 1000 },
};

export const aSink: MetricSource['outbox']['sinks'][number] = {
  sink: 'nats',
  batches: 0,
  delivered: 0,
  retried: 0,
  unconfirmed: 0,
  queued: 0,
  queuedBytes: 0,
  queueLimit: 100,
  queueLimitBytes: 10_000,
  dropped: 0,
  droppedBy: { full: 0, closed: 0, withdrawn: 0, dead_letter: 0 },
  failed: 0,
  circuit: 'closed',
  spooled: 0,
  spooledBytes: 0,
};

export function aSource(overrides: Partial<MetricSource> = {}): MetricSource {
  return {
    watch: createCallWatch(),
    load: aLoad,
    connections: { size: 0, open: 0 },
    http2Errors: {
      connectionErrors: new Map([['ping_flood', 1]]),
      streamErrors: new Map([['malformed_request', 2]]),
    },
    health: { isServing: true, isReady: true },
    outbox: { sinks: [] },
    reloads: { done: 0, failed: 0, isLastInForce: true, lastDone: 0 },
    neverAsking: () => 0,
    outdated: () => 0,
    logLines: { dropped: 0 },
    live: {
      counters: { decisions: [], notes: { conditions: {}, rules: {} }, policy: undefined, refusals: {} },
    },
    ...overrides,
  };
}

/** Each metric of ours has at least one series with all its labels. */
export function aFullSource(): MetricSource {
  const watch = createCallWatch();
  const rpc = rpcFor('client.authorize');
  const runtime = watch.watch(() => aRuntime({ lookups: { ours: () => 'answer' } }))();
  runtime.decided(rpc, anInput, { reply: { kind: 'allow' } }, 0, 1000);
  watch.answered(rpc, 1);
  runtime.lookups.ours?.({ kind: 'ours' }, { signal: new AbortController().signal });
  return aSource({
    watch,
    outbox: { sinks: [aSink] },
    spoolLimit: 1_000_000,
    tls: { expiry: 0 },
    live: {
      counters: {
        decisions: [{ hook: 'client.authorize', verdict: 'deny', by: 'rule 3', mode: 'enforce', calls: 2 }],
        refusals: { rules: 0, users: 0, keys: 0 },
        notes: { conditions: { 'client.authorize': 1 }, rules: { 'message.publish': 1 } },
        policy: {
          cache: { hits: 1, misses: 2, joined: 3, evictions: 4, size: 5 },
          limiter: { passed: 6, delayed: 7, refused: 8 },
          granted: 9,
          hashing: { working: 10, waiting: 11 },
          skippedTags: { jwt: 16 },
          sharedGrants: { isConnected: true, loads: { done: 1, failed: 1 }, keeps: { done: 1, failed: 1 } },
        },
      },
    },
  });
}
