import { expect, it } from 'vitest';
import { policyWarnings } from '../../../src/lookup/policy/warnings.ts';
import { Authenticate } from '../../../src/lookup/sections/authenticate.ts';

const warningsOf = (method: object): string[] => {
  const authenticate = Authenticate.parse({ methods: [method] });
  return [...policyWarnings({ authenticate } as Parameters<typeof policyWarnings>[0])];
};

it.each<[key: string, method: object]>([
  ['http.url', { http: { url: 'https://u:SECRET@a/' } }],
  ['http.url', { http: { url: 'http://SECRET@a' } }],
  ['jwt.jwks', { jwt: { jwks: 'https://u:SECRET@idp.example/keys' } }],
  ['jwt.jwks', { jwt: { jwks: { url: 'https://u:SECRET@idp.example/keys' } } }],
])('A password in %s is warned of, without it: %j', (key, method) => {
  const warnings = warningsOf(method);
  expect(warnings).toStrictEqual([
    expect.stringContaining(`authenticate.methods[0].${key} holds a user name or a password`),
  ]);
  expect(warnings.join()).not.toContain('SECRET');
});

it.each([
  { http: { url: 'https://a.example/users/@${username}?at=u:p@x' } },
  { jwt: { jwks: 'https://idp.example/keys' } },
  { certificate: { commonName: 'clientid' } },
])('Of others it is not: %j', (method) => {
  expect(warningsOf(method)).toStrictEqual([]);
});
