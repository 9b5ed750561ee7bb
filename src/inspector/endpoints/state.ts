/** The state of the server: `/api/info`, `/api/sinks`, `/api/series`, `/api/clients`. */
import { kindOf } from '../../config/sections/sinks.ts';
import type { SinkStats } from '../../events/outbox-stats.ts';
import { version } from '../../lib/version.ts';
import { hookNames } from '../../protocol/schema/hook-name.ts';
import type { Clients, Info, Series, SinkRow } from '../api.ts';
import { readWhole } from '../http/query.ts';
import type { Endpoint } from '../http/router.ts';
import { MAX_VIEWERS } from '../http/stream.ts';
import { MAX_PAYLOAD } from '../tap/keep-input.ts';
import { clientView } from '../view/client.ts';
import { toDate } from '../view/time.ts';
import type { EndpointWorld } from './endpoint-world.ts';

/** The longest text that clients are searched for. */
const MAX_SEARCH = 512;

export function stateEndpoints(world: EndpointWorld): readonly Endpoint[] {
  return [
    { method: 'GET', path: '/api/info', answer: () => info(world) },
    {
      method: 'GET',
      path: '/api/sinks',
      answer: () => ({ sinks: world.outbox.sinks.map((stats) => sinkRow(stats, world)) }),
    },
    {
      method: 'GET',
      path: '/api/series',
      answer({ query }): Series {
        const since = readWhole(query, 'since', { min: 0, max: Number.MAX_SAFE_INTEGER, standard: 0 });
        return { step: 1000, points: world.tap.series.since(since) };
      },
    },
    {
      method: 'GET',
      path: '/api/clients',
      answer({ query }): Clients {
        const limit = readWhole(query, 'limit', { min: 1, max: 1000, standard: 200 });
        const text = (query.get('filter') ?? '').slice(0, MAX_SEARCH).toLowerCase();
        return clients(world, text, limit);
      },
    },
  ];
}

function info(world: EndpointWorld): Info {
  const { tap, live, section, dev, epoch, startedAt, listen, streams, outbox } = world;
  const { ring } = tap;
  const revision = live.policy?.policies.revision;
  return {
    version,
    node: process.version,
    pid: process.pid,
    epoch,
    startedAt: toDate(startedAt),
    now: toDate(performance.now()),
    capabilities: {
      dev: dev !== undefined,
      write: dev?.write === true && world.source() !== undefined,
      payloads: section.payloads,
      ...(dev?.mqtt && { mqtt: dev.mqtt }),
    },
    ...(revision !== undefined && { revision }),
    listen: listen() ?? '',
    ring: {
      calls: ring.size,
      bytes: ring.bytes,
      maxCalls: section.calls,
      maxBytes: section.bytes,
      payloadBytes: MAX_PAYLOAD,
      first: ring.size === 0 ? 0 : ring.first,
      last: ring.last,
    },
    sinks: outbox.sinks.map(({ sink }) => sink),
    hooks: hookNames,
    viewers: { now: streams.size, max: MAX_VIEWERS },
  };
}

function sinkRow(stats: SinkStats, { tap, live, sampler }: EndpointWorld): SinkRow {
  const { droppedBy, failed, sink: name, circuit, dropped: _, ...counts } = stats;
  const notes = tap.events.notes.get(name);
  const { lastError, lastDelivered, rejections = [], isRetrying = false } = notes ?? {};
  return {
    ...counts,
    name,
    kind: kindNameOf(name, live.config.sinks),
    state: circuit !== 'closed' ? 'down' : isRetrying ? 'retrying' : 'ok',
    circuit,
    rate: sampler.rateOf(name),
    rejected: failed,
    dropped: { ...droppedBy },
    ...(lastError && { lastError: { ...lastError, at: toDate(lastError.at) } }),
    ...(lastDelivered !== undefined && { lastDelivered: toDate(lastDelivered) }),
    deadLetters: rejections.map((one) => ({ ...one, at: toDate(one.at) })),
  };
}

function kindNameOf(name: string, sinks: EndpointWorld['live']['config']['sinks']): string {
  const section = Object.hasOwn(sinks, name) ? sinks[name] : undefined;
  if (section !== undefined) return kindOf(section).kind.name;
  return name === 'stdout' ? 'stdout' : 'custom';
}

function clients({ tap }: EndpointWorld, text: string, limit: number): Clients {
  const found = [...tap.clients.all].filter(
    ({ clientid, username, peerhost, node }) =>
      text === '' || [clientid, username, peerhost, node].some((name) => name.toLowerCase().includes(text)),
  );
  found.sort((a, b) => b.lastSeen - a.lastSeen);
  return { clients: found.slice(0, limit).map(clientView), total: found.length };
}
