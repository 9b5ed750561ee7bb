import { describe, expect, it } from 'vitest';
import { hasIngress, hooksFor } from '../../src/policy/ingress.ts';
import type { HookSpec } from '../../src/protocol/schema/replies.ts';

describe('message.ingress is asked of', () => {
  it.each(['6.3.0', '6.3.1', '6.3.1-rc.1', '6.4.0-beta.1', '6.10.0', '7.0.0', 'v6.3.0', '6.3.12-g0a1b2c3d'])(
    'a broker of version %s',
    (version) => {
      expect(hasIngress(version)).toBe(true);
    },
  );

  it('any broker when the configuration says always', () => {
    for (const version of ['6.3.0-beta.2', '5.3.2', '']) expect(hasIngress(version, 'always')).toBe(true);
  });
});

describe('message.ingress is not asked of', () => {
  it.each([
    '6.3.0-beta.1',
    '6.3.0-beta.2',
    '6.3.0-rc.1',
    '6.3.0-g0a1b2c3d',
    '6.2.9',
    '5.10.3',
    '4.4.19',
    '',
    '6.3',
    'x',
  ])('a broker of version %j, which would refuse the whole list', (version) => {
    expect(hasIngress(version)).toBe(false);
  });

  it('any broker when the configuration says never', () => {
    expect(hasIngress('6.3.0', 'never')).toBe(false);
  });
});

describe('the list of hooks', () => {
  const others: HookSpec[] = [
    { name: 'client.connected', topics: [] },
    { name: 'message.publish', topics: ['a/#'] },
  ];
  const all: HookSpec[] = [...others, { name: 'message.ingress', topics: [] }];

  it.each([
    ['6.3.0', all],
    ['6.2.0', others],
    ['6.3.0-beta.2', others],
  ])('matches what a broker of version %s supports', (version, expected) => {
    expect(hooksFor(all, version, undefined)).toStrictEqual(expected);
  });

  it('is the same for every version without message.ingress in it', () => {
    expect(hooksFor(others, '4.3.0', undefined)).toBe(others);
  });
});
