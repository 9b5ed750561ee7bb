import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeNews } from '../../../src/lookup/brokers/node-news.ts';
import { NodeRegistry } from '../../../src/lookup/brokers/node-registry.ts';
import type { HookName } from '../../../src/protocol/schema/hook-name.ts';
import type { HookSpec } from '../../../src/protocol/schema/replies.ts';
import type { HookInput } from '../../../src/protocol/schema/requests.ts';
import { rpcFor } from '../../support/runtime.ts';

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

function call(hook: HookName, { node = A, times = 1, topic = 't', to = registry, at = 0 } = {}): void {
  const input = { meta: { node }, message: { topic } } as unknown as HookInput;
  for (let i = 0; i < times; i++) to.called(rpcFor(hook), input, at || i);
}

describe('the last call of a hook whose calls are not timed', () => {
  it('is known to five seconds, and is not the time of the start', () => {
    now = 90 * MINUTE;
    registry.look();
    call('client.connected');
    const last = registry.nodes[0]?.calls['client.connected']?.last ?? 0;
    expect(last).toBe(Math.round(performance.timeOrigin + now));
  });
});

describe('the list of a node', () => {
  it('depends on the release of each node, in a cluster that is being upgraded', () => {
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
    ['has called something in between', () => call('client.connected'), MINUTE],
    ['asks two minutes later', () => {}, 2 * MINUTE],
    // A broker unloads only what it has loaded: the list was in force.
    ['has unloaded this server in between', () => call('provider.unloaded'), MINUTE],
  ])('is whole when the node %s', (_what, between, later) => {
    ask();
    between();
    now += later;
    expect(ask()).toStrictEqual({ hooks: all, isNewRefusal: false });
  });

  it('is not shortened for what another node does', () => {
    ask(A);
    ask(B);
    call('client.connected', { node: B });
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

  it('is complete for a new node if a remembered one has not called for ten minutes', () => {
    for (let i = 0; i < 64; i++) ask(`n${i}`);
    now += 10 * MINUTE - 1;
    for (let i = 0; i < 64; i++) if (i !== 7) call('client.connected', { node: `n${i}`, at: now });
    expect(ask('one more').hooks).toStrictEqual(others);
    now += 1;
    expect(ask('one more').hooks).toStrictEqual(all);
    const names = registry.nodes.map(({ node }) => node);
    expect([names.length, names.includes('n7'), names.includes('one more')]).toStrictEqual([64, false, true]);
  });

  it('keeps no name that no node can have', () => {
    ask('x'.repeat(100_000));
    expect(registry.nodes.map(({ node }) => node)).toStrictEqual(['(no name of a node)']);
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
    call('message.ingress');
    for (const news of told.splice(0)) second.hear(news);
    now += MINUTE;
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

  it('send each other changes only', () => {
    ask();
    call('message.ingress', { times: 5 });
    expect(told.map(({ what }) => what)).toStrictEqual(['asked', 'called']);
  });
});

const login: HookSpec = { name: 'client.authenticate', topics: [] };
const connected: HookSpec = { name: 'client.connected', topics: [] };
const publish = (...topics: string[]): HookSpec => ({ name: 'message.publish', topics });

/** The registry's row for a node, after calls of earlier lists have had time to end. */
function look(node = A) {
  registry.look();
  now += 10 * SECOND;
  registry.look();
  return () => {
    registry.look();
    return registry.nodes.find((one) => one.node === node)?.outdated;
  };
}

const want = (...hooks: HookSpec[]) => registry.want({ hooks, ingress: 'auto' });
const none = { missing: [], extra: [], otherTopics: [] };

describe('a node that was answered another list than is right now', () => {
  it('holds an old list once the configuration has other hooks', () => {
    want(connected);
    registry.asked(A, '6.2.0', [connected], 'auto');
    expect(look()()).toBeUndefined();
    want(connected, login);
    expect(registry.nodes[0]?.outdated).toBeUndefined();
    expect(look()()).toStrictEqual({ ...none, missing: ['client.authenticate'] });
    registry.asked(A, '6.2.0', [connected, login], 'auto');
    expect(look()()).toBeUndefined();
  });

  it('holds an old list once the configuration has other topics', () => {
    want(publish('a/#'));
    registry.asked(A, '6.2.0', [publish('a/#')], 'auto');
    want(publish('a/#', 'b/#'));
    const outdated = look();
    expect(outdated()).toStrictEqual({ ...none, otherTopics: ['message.publish'] });
    call('message.publish', { topic: 'a/1' });
    expect(outdated()).toStrictEqual({ ...none, otherTopics: ['message.publish'] });
    // Only a list of another replica has this topic.
    call('message.publish', { topic: 'b/1' });
    expect(outdated()).toBeUndefined();
  });

  it('has the list of another replica if it calls a hook that was not requested here', () => {
    want(connected);
    registry.asked(A, '6.2.0', [connected], 'auto');
    want(connected, login);
    const outdated = look();
    expect(outdated()).toBeDefined();
    call('client.authenticate');
    expect(outdated()).toBeUndefined();
    expect(told.at(-1)).toStrictEqual({ node: A, what: 'elsewhere' });
  });

  it('holds none any more when it has unloaded this server, in every process', () => {
    want(connected);
    registry.asked(A, '6.2.0', [connected], 'auto');
    call('provider.unloaded');
    want(connected, login);
    expect(look()()).toBeUndefined();
    expect(registry.nodes[0]?.list).toBeUndefined();
    expect(told.at(-1)).toStrictEqual({ node: A, what: 'elsewhere' });
  });

  it('is not noticed by hooks that nobody wants any more until it calls them', () => {
    want(connected, login);
    registry.asked(A, '6.2.0', [connected, login], 'auto');
    want(connected);
    // A call that was under way when the list changed.
    call('client.authenticate');
    const outdated = look();
    expect(outdated()).toBeUndefined();
    call('client.authenticate');
    expect(outdated()).toStrictEqual({ ...none, extra: ['client.authenticate'] });
  });

  it('does not count a node that got a list without message.ingress, by its release or after its refusal', () => {
    registry.want({ hooks: all, ingress: 'auto' });
    ask(B, '6.2.0');
    ask();
    now += MINUTE;
    ask();
    look();
    now += 10 * MINUTE;
    expect(registry.nodes.map(({ outdated }) => outdated)).toStrictEqual([undefined, undefined]);
  });

  it('is expected to hold the list without message.ingress until it asks again: a reload for it might take all hooks away', () => {
    ask();
    now += MINUTE;
    ask();
    const lacks = () => registry.nodes.map(({ lacksIngress }) => lacksIngress);
    expect(lacks()).toStrictEqual([true]);
    now += 10 * MINUTE;
    expect(lacks()).toStrictEqual([true]);
    ask();
    expect(lacks()).toStrictEqual([undefined]);
  });

  it('does not count nodes if a custom hook returns the list', () => {
    registry.want(undefined);
    registry.asked(A, '6.2.0', [connected], 'auto');
    call('client.authenticate');
    const outdated = look();
    call('client.authenticate', { times: 20 });
    expect(outdated()).toBeUndefined();
  });
});

describe('a node that has not asked since the start', () => {
  it('has an old list if it calls a hook that nobody requests', () => {
    want(connected);
    call('client.connected');
    const outdated = look();
    expect(outdated()).toBeUndefined();
    call('message.delivered');
    expect(outdated()).toStrictEqual({ ...none, extra: ['message.delivered'] });
  });

  it('holds an old list when ten clients have connected and none was asked about', () => {
    want(connected, login);
    call('client.connected', { times: 100 });
    const outdated = look();
    call('client.connected', { times: 9 });
    expect(outdated()).toBeUndefined();
    call('client.connected');
    expect(outdated()).toStrictEqual({ ...none, missing: ['client.authenticate'] });
    call('client.authenticate');
    expect(outdated()).toBeUndefined();
  });

  it('holds the list of the start once a policy is new, until it calls for that or asks', () => {
    want(connected);
    call('client.connected');
    want(connected, login, publish());
    const outdated = look();
    // A node that is gone does not call.
    expect(outdated()).toBeUndefined();
    call('client.connected');
    expect(outdated()).toStrictEqual({ ...none, missing: ['client.authenticate', 'message.publish'] });
    call('message.publish');
    expect(outdated()).toBeUndefined();
    expect(told.at(-1)).toStrictEqual({ node: A, what: 'elsewhere' });
    expect(registry.asked(A, '6.2.0', [connected, login, publish()], 'auto').hooks).toHaveLength(3);
    expect(look()()).toBeUndefined();
  });

  it('is not suspected of notifications that are new: another replica may have answered it, and they may never come', () => {
    want(login);
    call('client.authenticate');
    want(login, connected);
    const outdated = look();
    call('client.authenticate');
    expect(outdated()).toBeUndefined();
  });

  it('calls for the topics of the start once rules have others, until it calls for those', () => {
    want(publish('a/#'));
    call('message.publish', { topic: 'a/1' });
    want(publish('a/#', 'b/#'));
    const outdated = look();
    call('message.publish', { topic: 'a/1' });
    expect(outdated()).toStrictEqual({ ...none, otherTopics: ['message.publish'] });
    call('message.publish', { topic: 'b/1' });
    expect(outdated()).toBeUndefined();
  });

  it.each([
    ['the list of the start is right again', () => want(connected)],
    ['it has unloaded this server', () => call('provider.unloaded')],
  ])('holds none of its lists when %s', (_what, then) => {
    want(connected);
    call('client.connected');
    want(connected, login);
    then();
    const outdated = look();
    call('client.connected');
    expect(outdated()).toBeUndefined();
  });

  it('may hold ours when nothing it calls says otherwise', () => {
    want(connected, login, publish());
    call('client.authorize', { node: B });
    const outdated = look();
    call('client.connected', { times: 50 });
    call('client.authenticate', { times: 1 });
    expect(outdated()).toBeUndefined();
  });

  it('is not suspected if its calls do not name it', () => {
    want(connected);
    const anonymous = { meta: { node: '' }, clientinfo: { node: A } } as unknown as HookInput;
    registry.called(rpcFor('client.connect', 'v1'), anonymous, 0);
    const outdated = look();
    registry.called(rpcFor('client.connect', 'v1'), anonymous, 0);
    expect(outdated()).toBeUndefined();
  });
});
