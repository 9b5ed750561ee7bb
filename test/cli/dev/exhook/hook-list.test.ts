import { describe, expect, it } from 'vitest';
import { isWanted, readHookList } from '../../../../src/cli/dev/exhook/hook-list.ts';

const modern = { version: '6.3.1', hasIngress: true };
const older = { version: '5.10.3', hasIngress: false };
const listOf = (...hooks: { name: string; topics: string[] }[]) => readHookList({ hooks }, modern);

describe('a list of hooks', () => {
  it.each([
    ['client.nothing', modern],
    ['provider.loaded', modern],
    ['message.ingress', older],
  ])('with %s is refused as a whole, as EMQX does', (name, release) => {
    const hooks = [
      { name: 'client.connect', topics: [] },
      { name, topics: [] },
    ];
    expect(() => readHookList({ hooks }, release)).toThrow(
      `EMQX ${release.version} does not know the hook "${name}"`,
    );
  });

  it('may be empty', () => {
    expect(readHookList({}, older).size).toBe(0);
  });
});

describe('a hook', () => {
  const list = listOf(
    { name: 'message.publish', topics: ['a/+', 'b/#'] },
    { name: 'message.acked', topics: [] },
    { name: 'client.authorize', topics: ['ignored/#'] },
  );

  it.each([
    ['message.publish', 'a/1', true],
    ['message.publish', 'b', true],
    ['message.publish', 'c', false],
    ['message.acked', 'anything', true],
    ['message.delivered', 'a/1', false],
    ['client.authorize', undefined, true],
  ] as const)('%s is called for %s: %s', (hook, topic, isCalled) => {
    expect(isWanted(list, hook, topic)).toBe(isCalled);
  });
});
