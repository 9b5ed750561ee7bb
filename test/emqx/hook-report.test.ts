import { describe, expect, it } from 'vitest';
import { Config } from '../../src/config/schema.ts';
import { addUpHooks, findTraps, type HookReport, reportHooks } from '../../src/emqx/hook-report.ts';
import { NodeRegistry } from '../../src/lookup/brokers/node-registry.ts';
import type { HookName } from '../../src/protocol/schema/hook-name.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import { rpcFor } from '../support/runtime.ts';

const config = Config.parse({ events: { stdout: 'off' } });
const input = (node: string) => ({ meta: { node } }) as HookInput;

function aReport(
  calls: Partial<Record<HookName, number>>,
  custom: HookName[] = ['client.authorize'],
): HookReport {
  const nodes = new NodeRegistry({ now: () => 0 });
  for (const [hook, times] of Object.entries(calls))
    for (let i = 0; i < times; i++) nodes.called(rpcFor(hook as HookName), input('emqx@a'), i);
  return reportHooks(config, custom, nodes.nodes);
}

describe('the allow-all trap', () => {
  it.each<[what: string, report: HookReport, warnings: number]>([
    ['clients log in and it is never asked', aReport({ 'client.connected': 3 }), 1],
    ['clients are asked for and it is never asked', aReport({ 'client.authenticate': 1 }), 1],
    ['it is asked', aReport({ 'client.connected': 3, 'client.authorize': 1 }), 0],
    ['nobody logs in', aReport({ 'provider.loaded': 1 }), 0],
    ['nobody calls', aReport({}), 0],
    ['it is not registered', aReport({ 'client.connected': 3 }, []), 0],
  ])('when %s', (_what, report, warnings) => {
    expect(findTraps(report)).toHaveLength(warnings);
  });

  it('names the broker node and what to do', () => {
    const [warning] = findTraps(aReport({ 'client.connected': 3 }));
    expect(warning).toMatch(/emqx@a .*client\.authorize.*\(3\).*acl\.conf.*authorization\.no_match = deny/);
  });
});

describe('what brokers called', () => {
  it('is kept by node and hook, with the last time', () => {
    const { brokers } = aReport({ 'client.connected': 2, 'client.authorize': 1 });
    expect(brokers).toStrictEqual([
      {
        node: 'emqx@a',
        protocol: 'v3',
        calls: {
          'client.connected': { calls: 2, last: Math.round(performance.timeOrigin + 1) },
          'client.authorize': { calls: 1, last: Math.round(performance.timeOrigin) },
        },
      },
    ]);
  });

  it.each([
    ['of the client', { clientinfo: { node: 'n' } }],
    ['of the connection', { conninfo: { node: 'n' } }],
    ['of the message', { message: { node: 'n' } }],
  ])('is filed under the node %s when the metadata has none', (_what, about) => {
    const nodes = new NodeRegistry({ now: () => 0 });
    nodes.called(rpcFor('client.connect'), { ...input(''), ...about } as unknown as HookInput, 0);
    expect(nodes.nodes.map(({ node }) => node)).toStrictEqual(['n']);
  });

  it('cannot fill the memory with names of nodes', () => {
    const nodes = new NodeRegistry({ now: () => 0 });
    for (let i = 0; i < 1000; i++) nodes.called(rpcFor('client.connect'), input(`n${i}`), 0);
    expect(nodes.nodes).toHaveLength(64);
  });

  it('does not keep names longer than node names', () => {
    const nodes = new NodeRegistry({ now: () => 0 });
    for (let i = 0; i < 100; i++)
      nodes.called(rpcFor('client.connect'), input(`${i}`.padEnd(65_000, 'x')), 0);
    expect(nodes.nodes.map(({ node, calls }) => [node, calls['client.connect']?.calls])).toEqual([
      ['(no name of a node)', 100],
    ]);
  });

  it('adds up over workers, and the latest call is the last', () => {
    const calls = (times: number, last: number) => ({ 'client.connect': { calls: times, last } });
    const report = (brokers: HookReport['brokers']) => ({ ...aReport({}), brokers });
    const sum = addUpHooks([
      report([{ node: 'a', protocol: 'v3', calls: calls(1, 10) }]),
      report([
        { node: 'a', protocol: 'v3', calls: calls(2, 5) },
        { node: 'b', protocol: 'v2', calls: calls(4, 1) },
      ]),
    ]);
    expect(sum.brokers).toStrictEqual([
      { node: 'a', protocol: 'v3', calls: calls(3, 10) },
      { node: 'b', protocol: 'v2', calls: calls(4, 1) },
    ]);
    expect(sum.registered.map(({ name }) => name)).toStrictEqual(['client.authorize']);
  });

  it('is nothing when no worker answers', () => {
    expect(addUpHooks([])).toStrictEqual({ registered: [], brokers: [] });
  });
});
