import { describe, expect, it } from 'vitest';
import { createStamp, type Origin, sourceOf } from '../../../src/sinks/cloudevents/stamp.ts';
import { aClient, aConnection, aMessage, aMeta } from '../../support/inputs.ts';

const none = aMeta({ node: '', clusterName: '' });

function aStamp() {
  let ids = 0;
  let time = 1000;
  return createStamp({ now: () => time++, newId: () => `new-${++ids}` });
}

const fact = { type: 'emqx.client.connected', subject: 'sub-a', data: { a: 1 } };

describe('the source of an event', () => {
  it.each<[string, Origin, string]>([
    ['is cluster and node', { meta: aMeta() }, 'emqx://emqxcl/emqx@127.0.0.1'],
    [
      'has no cluster when the broker names none',
      { meta: aMeta({ clusterName: '' }) },
      'emqx:///emqx@127.0.0.1',
    ],
    [
      'takes the node of the client when there is no meta',
      { meta: none, clientinfo: aClient({ node: 'a@x' }) },
      'emqx:///a@x',
    ],
    [
      'takes the node of the connection when there is no meta',
      { meta: none, conninfo: aConnection({ node: 'b@x' }) },
      'emqx:///b@x',
    ],
    [
      'takes the node of the message when there is no meta',
      { meta: none, message: aMessage({ node: 'c@x' }) },
      'emqx:///c@x',
    ],
    ['is still a URI when nobody names a node', { meta: none }, 'emqx:///'],
  ])('%s', (_, origin, source) => {
    expect(aStamp()(fact, origin).source).toBe(source);
  });

  it.each([
    ['a slash', 'a/b', 'emqx://a%2Fb/a%2Fb'],
    ['a space', 'a b', 'emqx://a%20b/a%20b'],
    ['an at sign', 'a@b', 'emqx://a%40b/a@b'],
    ['letters of other scripts', 'ü', 'emqx://%C3%BC/%C3%BC'],
    ['half of a surrogate pair', '\ud800', 'emqx://%EF%BF%BD/%EF%BF%BD'],
  ])('encodes %s', (_, name, source) => {
    expect(sourceOf(name, name)).toBe(source);
    expect(() => new URL(source)).not.toThrow();
  });

  it('follows the broker node from call to call', () => {
    const stamp = aStamp();
    const nodes = ['a@1', 'b@1', 'a@1', 'a@1'];
    expect(nodes.map((node) => stamp(fact, { meta: aMeta({ node }) }).source)).toEqual(
      nodes.map((node) => `emqx://emqxcl/${node}`),
    );
  });

  it('follows the cluster when the node has the same name', () => {
    const stamp = aStamp();
    const sources = ['one', 'two'].map((clusterName) => stamp(fact, { meta: aMeta({ clusterName }) }).source);
    expect(sources).toEqual(['emqx://one/emqx@127.0.0.1', 'emqx://two/emqx@127.0.0.1']);
  });
});

describe('the id of an event', () => {
  it('is the one the hook gave', () => {
    expect(aStamp()({ ...fact, id: 'm/1' }, { meta: aMeta() }).id).toBe('m/1');
  });

  it('is new for every event of a hook that gave none', () => {
    const stamp = aStamp();
    expect([stamp(fact, { meta: aMeta() }).id, stamp(fact, { meta: aMeta() }).id]).toEqual([
      'new-1',
      'new-2',
    ]);
  });
});

it('keeps type, subject and data, and adds the time', () => {
  expect(aStamp()(fact, { meta: aMeta() })).toEqual({
    ...fact,
    id: 'new-1',
    source: 'emqx://emqxcl/emqx@127.0.0.1',
    time: 1000,
  });
});
