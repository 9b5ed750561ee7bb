/** `/api/brokers`: which nodes call, what they call, and what is wrong with them. */
import { registeredHooks } from '../../config/hook-list.ts';
import { findWarnings } from '../../emqx/hook-report.ts';
import { clip } from '../../lib/clip.ts';
import type { NodeCalls } from '../../lookup/brokers/node-calls.ts';
import type { BrokerNode, Brokers, Finding } from '../api.ts';
import type { Endpoint } from '../http/router.ts';
import type { EndpointWorld } from './endpoint-world.ts';
import { findFindings } from './findings.ts';

/** Milliseconds for which findings are shown again: each look asks the broker's REST API seven times. */
const FRESH = 10_000;

export function brokerEndpoint(world: EndpointWorld): Endpoint {
  const findings = createFindings(world);
  return {
    method: 'GET',
    path: '/api/brokers',
    async answer(): Promise<Brokers> {
      const { live, custom, tap } = world;
      const registered = registeredHooks(
        live.config,
        custom.hooks.map(({ name }) => name),
      );
      const found = await findings();
      return {
        registered,
        nodes: live.nodes.map((node) => nodeView(node, tap.releases)),
        warnings: findWarnings({ registered, brokers: live.nodes }),
        ...(found && { findings: found }),
      };
    },
  };
}

function nodeView(
  { node, protocol, calls, list, outdated }: NodeCalls,
  releases: ReadonlyMap<string, string>,
): BrokerNode {
  return {
    node: clip(node),
    protocol,
    version: releases.get(node) ?? '',
    calls,
    ...(list && { list }),
    isOutdated: outdated !== undefined,
  };
}

/** Those of `exhook doctor`; nothing where no broker can be asked. */
function createFindings({ live, custom, env }: EndpointWorld): () => Promise<readonly Finding[] | undefined> {
  let last: { readonly at: number; readonly found: Promise<readonly Finding[]> } | undefined;
  return async () => {
    const { broker } = live.config;
    if (broker === undefined) return undefined;
    const now = performance.now();
    if (last === undefined || now - last.at > FRESH) last = { at: now, found: look(broker) };
    return await last.found;
  };

  async function look(
    broker: NonNullable<EndpointWorld['live']['config']['broker']>,
  ): Promise<readonly Finding[]> {
    const names = custom.hooks.map(({ name }) => name);
    return await findFindings(broker, live.config, names, env);
  }
}
