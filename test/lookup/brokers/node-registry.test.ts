import { beforeEach, describe, expect, it } from 'vitest';
import { type NodeNews, NodeRegistry } from '../../../src/lookup/brokers/node-registry.ts';
import type { HookSpec } from '../../../src/schema/replies.ts';

const others: HookSpec[] = [{ name: 'message.publish', topics: [] }];
const all: HookSpec[] = [{ name: 'message.ingress', topics: [] }, ...others];
const A = 'emqx@10.0.0.1';
const B = 'emqx@10.0.0.2';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let now = 0;
let told: NodeNews[] = [];
let registry: NodeRegistry;

beforeEach(() => {
  now = 0;
  told = [];
  registry = new NodeRegistry({ now: () => now, tell: (news) => told.push(news) });
});

const ask = (node = A, version = '6.3.1') => registry.asked(node, version, all, 'auto');

describe('the list of a node', () => {
  it('is that of its own release, in a cluster that is being upgraded', () => {
    expect(ask(A, '6.3.0').hooks).toStrictEqual(all);
    expect(ask(B, '6.2.0').hooks).toStrictEqual(others);
    expect(ask(B, '6.3.0').hooks).toStrictEqual(all);
  });

  it('lacks message.ingress when the node asks again soon and has called nothing: it may have refused the list', () => {
    expect(ask()).toStrictEqual({ hooks: all, isNewRefusal: false });
    now += MINUTE;
    expect(ask()).toStrictEqual({ hooks: others, isNewRefusal: true });
    now += MINUTE;
    expect(ask()).toStrictEqual({ hooks: others, isNewRefusal: false });
    expect(registry.nodes).toMatchObject([{ node: A, hasRefused: true }]);
  });

  it('is tried whole again after ten minutes', () => {
    ask();
    now += MINUTE;
    ask();
    now += 10 * MINUTE - 1;
    expect(ask().hooks).toStrictEqual(others);
    now += 1;
    expect(ask()).toStrictEqual({ hooks: all, isNewRefusal: false });
    now += MINUTE;
    expect(ask()).toStrictEqual({ hooks: others, isNewRefusal: true });
  });

  it.each([
    ['has called something in between', () => registry.called(A, 'client.connected'), MINUTE],
    ['asks two minutes later', () => {}, 2 * MINUTE],
  ])('is whole when the node %s', (_what, between, later) => {
    ask();
    between();
    now += later;
    expect(ask()).toStrictEqual({ hooks: all, isNewRefusal: false });
  });

  it('is not shortened for what another node does', () => {
    ask(A);
    ask(B);
    registry.called(B, 'client.connected');
    now += MINUTE;
    expect(ask(B).hooks).toStrictEqual(all);
    expect(ask(A).hooks).toStrictEqual(others);
  });

  it('is never shortened for a list without message.ingress', () => {
    registry.asked(A, '6.3.1', others, 'auto');
    now += 1;
    expect(registry.asked(A, '6.3.1', others, 'auto')).toStrictEqual({ hooks: others, isNewRefusal: false });
  });

  it('lacks message.ingress for nodes beyond those that are remembered', () => {
    for (let i = 0; i < 64; i++) ask(`n${i}`);
    expect(ask('one more').hooks).toStrictEqual(others);
    expect(registry.nodes).toHaveLength(64);
  });

  it('keeps no more of a name than a node has', () => {
    ask('x'.repeat(100_000));
    expect(registry.nodes[0]?.node).toHaveLength(256);
  });
});

describe('a message that message.publish is called for', () => {
  it('was at ingress when its id was judged there, once', () => {
    registry.judged('id-1');
    expect(registry.wasAtIngress(A, 'id-1', false)).toBe(true);
    expect(registry.wasAtIngress(A, 'id-1', false)).toBe(false);
  });

  it('was at ingress when a client sent it and its node calls message.ingress', () => {
    expect(registry.wasAtIngress(A, 'id-1', true)).toBe(false);
    registry.called(A, 'message.ingress');
    expect(registry.wasAtIngress(A, 'id-1', true)).toBe(true);
    expect(registry.wasAtIngress(B, 'id-1', true)).toBe(false);
    expect(registry.wasAtIngress(A, 'id-1', false)).toBe(false);
  });

  it('was not at ingress when the node was answered since, until it calls message.ingress', () => {
    registry.called(A, 'message.ingress');
    registry.asked(A, '6.3.1', others, 'auto');
    expect(registry.wasAtIngress(A, 'id-1', true)).toBe(false);
  });

  it('is forgotten when thousands came after it', () => {
    for (let i = 0; i <= 4096; i++) registry.judged(`id-${i}`);
    expect(registry.wasAtIngress(A, 'id-0', false)).toBe(false);
    expect(registry.wasAtIngress(A, 'id-1', false)).toBe(true);
  });

  it('is not remembered by an id that no broker makes', () => {
    registry.judged('x'.repeat(65));
    registry.judged('');
    expect(registry.wasAtIngress(A, 'x'.repeat(65), false)).toBe(false);
    expect(registry.wasAtIngress(A, '', false)).toBe(false);
  });
});

describe('processes of one server', () => {
  const other = () => new NodeRegistry({ now: () => now });

  it('know together that a node refused the list', () => {
    const second = other();
    ask();
    for (const news of told.splice(0)) second.hear(news);
    now += MINUTE;
    expect(second.asked(A, '6.3.1', all, 'auto')).toStrictEqual({ hooks: others, isNewRefusal: true });
  });

  it('know together that a node calls', () => {
    const second = other();
    ask();
    registry.called(A, 'message.ingress');
    for (const news of told.splice(0)) second.hear(news);
    now += MINUTE;
    expect(second.wasAtIngress(A, 'id-1', true)).toBe(true);
    expect(second.asked(A, '6.3.1', all, 'auto').hooks).toStrictEqual(all);
  });

  it('forget together that a node had refused', () => {
    const second = other();
    ask();
    now += MINUTE;
    ask();
    for (const news of told.splice(0)) second.hear(news);
    expect(second.nodes).toMatchObject([{ hasRefused: true }]);
    now += 10 * MINUTE;
    expect(second.asked(A, '6.3.1', all, 'auto').hooks).toStrictEqual(all);
  });

  it('tell each other only what is new', () => {
    ask();
    for (let i = 0; i < 5; i++) registry.called(A, 'message.ingress');
    expect(told.map(({ what }) => what)).toStrictEqual(['asked', 'called', 'ingress']);
  });
});
