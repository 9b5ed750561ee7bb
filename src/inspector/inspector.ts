/** Opens the inspector: its port, its endpoints, and what they ask. The tap was opened before the server's other parts. */
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { Recordings } from './dev/recordings.ts';
import { brokerEndpoint } from './endpoints/brokers.ts';
import { callEndpoints } from './endpoints/calls.ts';
import { devEndpoints } from './endpoints/dev.ts';
import type { EndpointWorld } from './endpoints/endpoint-world.ts';
import { policyEndpoints } from './endpoints/policy.ts';
import { stateEndpoints } from './endpoints/state.ts';
import { securityHeaders } from './http/answer.ts';
import { loadAssets } from './http/assets.ts';
import { readFilter } from './http/query.ts';
import type { Endpoint } from './http/router.ts';
import { openServer } from './http/server.ts';
import { Streams } from './http/stream.ts';
import { openToken } from './http/token.ts';
import type { OpenInspector } from './open.ts';
import { SourceReader } from './policy/source.ts';
import { startSampler } from './tap/sampler.ts';
import type { PolicyView } from './why/policy-view.ts';
import type { InspectorWorld } from './world.ts';

/** @throws Error that names the key of the configuration to change. */
export async function openInspector(world: InspectorWorld): Promise<OpenInspector> {
  const { section, tap, dev, log, env } = world;
  const token = await openToken(section.token, env);
  const epoch = randomBytes(6).toString('base64url');
  const ws = dev?.mqtt?.ws;
  const headers = securityHeaders(ws);
  const revision = () => world.live.policy?.policies.revision;
  const streams = new Streams({ tap, epoch, headers, revision });
  const sampler = startSampler({ ...world, series: tap.series });
  const recordings = new Recordings();
  if (dev !== undefined) tap.record = recordings.record;
  const asked: EndpointWorld = {
    ...world,
    epoch,
    startedAt: performance.now(),
    streams,
    sampler,
    recordings,
    policyInForce: createView(world),
    fileName: () => basename(world.source()?.path ?? 'exhook.yaml'),
  };
  try {
    const server = await openServer({
      ...section,
      token,
      ws,
      log,
      endpoints: endpointsOf(asked),
      assets: await loadAssets(),
      isDev: dev !== undefined,
    });
    const { address, origin } = server;
    const url = `${origin}/#token=${token}`;
    return {
      address,
      url,
      close() {
        sampler.close();
        streams.close();
        server.close();
      },
    };
  } catch (error) {
    sampler.close();
    throw error;
  }
}

function endpointsOf(world: EndpointWorld): readonly Endpoint[] {
  return [
    ...stateEndpoints(world),
    ...callEndpoints(world),
    brokerEndpoint(world),
    ...policyEndpoints(world),
    ...devEndpoints(world),
    {
      method: 'GET',
      path: '/api/stream',
      answer({ query, request, response }) {
        const header = request.headers['last-event-id'];
        const after = query.get('after') ?? (Array.isArray(header) ? undefined : header);
        world.streams.open(response, { filter: readFilter(query.get('filter')), after });
      },
    },
  ];
}

function createView({ live, source }: InspectorWorld): () => PolicyView {
  const reader = new SourceReader();
  return () => {
    const file = source();
    return { config: live.config, policy: live.policy, find: (paths) => reader.find(file, paths) };
  };
}
