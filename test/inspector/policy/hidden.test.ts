import { describe, expect, it } from 'vitest';
import { hideSecrets, restoreSecrets } from '../../../src/inspector/policy/hidden.ts';
import { mergeYaml, policyYaml } from '../../../src/inspector/policy/yaml.ts';
import { quoteShell } from '../../../src/inspector/view/copies.ts';

const real = {
  authenticate: {
    methods: [
      { users: { list: [{ username: 'a', password: 'pa' }] } },
      { jwt: { secret: 'the-secret-of-jwt' } },
      { http: { url: 'https://auth.example/login?key=1', headers: { 'x-key': 'the-key' } } },
    ],
  },
};

describe('secrets of a policy', () => {
  it('are hidden, and come back where they were', () => {
    const shown = hideSecrets(real);
    expect(JSON.stringify(shown)).not.toMatch(/"pa"|the-secret|the-key|key=1/);
    expect(restoreSecrets(shown, real)).toEqual({ value: real, unknown: [] });
  });

  it('follow a method that moves, and are not guessed when there are two', () => {
    const [users, jwt, http] = (hideSecrets(real) as typeof real).authenticate.methods;
    const moved = { authenticate: { methods: [jwt, http, users] } };
    const { value, unknown } = restoreSecrets(moved, real);
    expect(unknown).toEqual([]);
    expect(value.authenticate.methods[0]).toEqual({ jwt: { secret: 'the-secret-of-jwt' } });
    const two = { authenticate: { methods: [{ jwt: { secret: 'one' } }, { jwt: { secret: 'two' } }] } };
    const third = { authenticate: { methods: [{}, {}, { jwt: { secret: '***' } }] } };
    expect(restoreSecrets(third, two).unknown).toEqual([['authenticate', 'methods', 2, 'jwt', 'secret']]);
  });
});

describe('the YAML of a policy', () => {
  it('is written out where anchors reach into it, and merged only where there are none', () => {
    const text = 'x-rules: &r [{ allow: all, topics: a }]\nauthorize: { rules: *r }\n';
    const shown = policyYaml({ authorize: { rules: [{ allow: 'all', topics: 'a' }] } } as never, text);
    expect(shown).toContain('allow: all');
    expect(shown).not.toContain('*r');
    expect(mergeYaml(text, shown)).toBeUndefined();
    expect(
      mergeYaml('listen: { port: 1 } # here\nauthorize: { rules: [] }\n', 'publish: { rules: [] }\n'),
    ).toBe('listen: { port: 1 } # here\npublish: { rules: [] }\n');
  });
});

describe('a word for a shell', () => {
  it.each([
    ['abc/def', 'abc/def'],
    ["it's", `'it'\\''s'`],
    ['$(id)', "'$(id)'"],
    ['', "''"],
    ['a\u001b[2J', "$'a\\U0000001b[2J'"],
    ["\n'\\", "$'\\U0000000a\\'\\\\'"],
  ])('%j is %s', (text, word) => {
    expect(quoteShell(text)).toBe(word);
  });
});
