/** The metrics of calls and of their look-ups. */
import type { CallWatch } from './call-watch.ts';
import { counter, durations, type Metric } from './metric.ts';

export interface CallMetricSource {
  readonly watch: Pick<CallWatch, 'calls' | 'durations' | 'lookups'>;
}

export const callMetrics: readonly Metric<CallMetricSource>[] = [
  counter(
    {
      name: 'exhook_calls_total',
      help: 'Calls by hook, protocol version and outcome',
      labels: ['hook', 'version', 'outcome'],
      unit: 'calls',
      meaning:
        'Calls, each counted once. `version` is the version of the protocol: `v1`, `v2` or `v3`. Hook and version are `none` if no such method exists.',
    },
    ({ watch }) => watch.calls.counts.map(({ calls, ...labels }) => ({ labels, value: calls })),
  ),
  durations(
    {
      name: 'exhook_call_duration_seconds',
      help: 'Time from the last byte of a request to its written reply',
      labels: ['hook'],
      unit: 'seconds',
      meaning:
        'From the last byte of a request to its written reply, look-ups included; 10 us to 5 s. Calls by gRPC only, and only those that were read whole.',
    },
    ({ watch }) =>
      watch.durations.durations.map(({ hook, ...observed }) => ({ labels: { hook }, ...observed })),
  ),
  counter(
    {
      name: 'exhook_lookups_total',
      help: 'Look-ups by the kind of their question and outcome',
      labels: ['kind', 'outcome'],
      unit: 'look-ups',
      meaning:
        'Questions of policies and custom hooks to other systems, by the kind of question. A login method NAME asks `authenticate/NAME`, the limiter `authenticate/limiter`. `outcome` is `answered`, or the code of the failure; `deadline` when the call did not wait any longer.',
    },
    ({ watch }) => watch.lookups.counts.map(({ lookups, ...labels }) => ({ labels, value: lookups })),
  ),
  durations(
    {
      name: 'exhook_lookup_duration_seconds',
      help: 'Time from a question to its answer',
      labels: ['kind'],
      unit: 'seconds',
      meaning: 'From the question to its answer, a cache in between included; 10 us to 5 s.',
    },
    ({ watch }) =>
      watch.lookups.durations.map(({ kind, ...observed }) => ({ labels: { kind }, ...observed })),
  ),
];
