/** The metrics of what the port carries: connections, calls under way, bytes held, and what is refused. */
import type { Connections } from '../transport/connections.ts';
import type { Http2Tally } from '../transport/http2-tally.ts';
import type { InFlight } from '../transport/in-flight.ts';
import { counter, gauge, type Metric, type MetricValue, single } from './metric.ts';

export interface LoadMetricSource {
  readonly load: Pick<InFlight, 'deciding' | 'bytes' | 'shed'> & {
    readonly limits: Pick<InFlight['limits'], 'inFlight' | 'queuedBytes'>;
  };
  readonly connections: Pick<Connections, 'size' | 'open'>;
  readonly http2Errors: Pick<Http2Tally, 'connectionErrors' | 'streamErrors'>;
}

export const loadMetrics: readonly Metric<LoadMetricSource>[] = [
  counter(
    {
      name: 'exhook_shed_total',
      help: 'Calls answered at once because a limit was reached',
      labels: [],
      unit: 'calls',
      meaning: 'Calls answered at once because a limit was reached (`limits`).',
    },
    ({ load }) => single(load.shed),
  ),
  gauge(
    {
      name: 'exhook_connections',
      help: 'Open HTTP/2 connections',
      labels: [],
      unit: 'connections',
      meaning: 'Open HTTP/2 connections.',
    },
    ({ connections }) => single(connections.size),
  ),
  gauge(
    {
      name: 'exhook_streams_open',
      help: 'Open HTTP/2 streams',
      labels: [],
      unit: 'streams',
      meaning: 'Open HTTP/2 streams.',
    },
    ({ connections }) => single(connections.open),
  ),
  counter(
    {
      name: 'exhook_http2_connection_errors_total',
      help: 'HTTP/2 connections ended because of what their peer did',
      labels: ['reason'],
      unit: 'connections',
      meaning:
        'HTTP/2 connections that the server ended because of what their peer did: floods, slow peers, errors of the protocol. [http2.md](http2.md#limits) has the reasons.',
    },
    ({ http2Errors }) => byReason(http2Errors.connectionErrors),
  ),
  counter(
    {
      name: 'exhook_http2_stream_errors_total',
      help: 'HTTP/2 streams ended because of what their peer did',
      labels: ['reason'],
      unit: 'streams',
      meaning: 'The same of single streams.',
    },
    ({ http2Errors }) => byReason(http2Errors.streamErrors),
  ),
  gauge(
    {
      name: 'exhook_in_flight',
      help: 'Calls that wait for a look-up',
      labels: [],
      unit: 'calls',
      meaning: 'Calls that wait for a look-up, limited by `limits.inFlight`.',
    },
    ({ load }) => single(load.deciding),
  ),
  gauge(
    {
      name: 'exhook_in_flight_limit',
      help: 'Limit of calls that wait for a look-up',
      labels: [],
      unit: 'calls',
      meaning: '`limits.inFlight`. With several workers, the sum.',
    },
    ({ load }) => single(load.limits.inFlight),
  ),
  gauge(
    {
      name: 'exhook_held_bytes',
      help: 'Bytes held for requests and for replies not yet read',
      labels: [],
      unit: 'bytes',
      meaning: 'Requests without an answer, and replies not yet read, limited by `limits.queuedBytes`.',
    },
    ({ load }) => single(load.bytes),
  ),
  gauge(
    {
      name: 'exhook_held_limit_bytes',
      help: 'Limit of bytes held for requests and replies',
      labels: [],
      unit: 'bytes',
      meaning: '`limits.queuedBytes`. With several workers, the sum.',
    },
    ({ load }) => single(load.limits.queuedBytes),
  ),
];

function byReason(counts: ReadonlyMap<string, number>): MetricValue[] {
  return [...counts].map(([reason, value]) => ({ labels: { reason }, value }));
}
