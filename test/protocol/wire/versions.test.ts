import { expect, it } from 'vitest';
import { hookNames } from '../../../src/protocol/schema/hook-name.ts';
import { protocols } from '../../../src/protocol/wire/versions.ts';

const differing = [
  'client.connect',
  'client.connack',
  'client.subscribe',
  'client.unsubscribe',
  'session.subscribed',
];

it.each([
  ['v1', ['provider.loaded', ...differing], ['client.authorize', 'session.takenover']],
  ['v2', differing, []],
  ['v3', [], []],
])('version %s lists only what differs from version 3', (version, lifts, names) => {
  const protocol = protocols.find((candidate) => candidate.version === version);
  expect(Object.keys(protocol?.lifts ?? {}).sort()).toStrictEqual(lifts.sort());
  expect(Object.keys(protocol?.names ?? {}).sort()).toStrictEqual(names);
});

it('every version serves a method for every hook but those it lacks', () => {
  for (const { service, lacks } of protocols)
    expect(Object.keys(service.methods)).toHaveLength(hookNames.length - lacks.length);
  expect(protocols.map(({ lacks }) => lacks)).toStrictEqual([['message.ingress'], ['message.ingress'], []]);
});
