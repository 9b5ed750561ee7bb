import jsonwebtoken from 'jsonwebtoken';
import { expect, it } from 'vitest';
import { jwt } from '../../../src/lookup/jwt/declaration.ts';
import { openJwt } from '../../../src/lookup/jwt/open.ts';
import type { MethodWorld, OpenMethod } from '../../../src/lookup/methods/method.ts';

const SECRET = 'a secret of more than thirty-two bytes';
/** Seconds since 1970. */
const NOW = 1_800_000_000;

const client = {
  username: '',
  clientid: 'c',
  peerhost: '',
  cn: '',
  dn: '',
  protocol: 'mqtt',
  mountpoint: '',
};

async function login(options: object, claims: object) {
  const world = { env: {}, now: () => NOW * 1000, isDry: true } as unknown as MethodWorld;
  const { open } = await openJwt('jwt', jwt.options.parse({ secret: SECRET, ...options }), world);
  const method = open as OpenMethod;
  const password = jsonwebtoken.sign(claims, SECRET, { noTimestamp: true });
  return { answer: await method.look({ ...client, password }, {}), skippedTags: method.skippedTags };
}

it('lets a client in that is two seconds late within a tolerance of five, and grants it topics for the other three', async () => {
  const { answer } = await login({ clockTolerance: '5s' }, { exp: NOW - 2, acl: { pub: ['a'] } });
  expect(answer).toMatchObject({ result: 'allow', grant: { expiresAt: (NOW + 3) * 1000 } });
});

it('refuses a client that is later than the tolerance', async () => {
  const { answer } = await login({ clockTolerance: '5s' }, { exp: NOW - 6, acl: { pub: ['a'] } });
  expect(answer).toMatchObject({ result: 'deny' });
});

it('lets a client in with the roles of its directory, and counts those that can be no tag', async () => {
  const realm_access = { roles: ['/admins', 'Domain Admins', ''] };
  const { answer, skippedTags } = await login(
    { tags: 'realm_access.roles' },
    { exp: NOW + 60, realm_access },
  );
  expect(answer).toMatchObject({ grant: { tags: { '/admins': 'true', 'Domain Admins': 'true' } } });
  expect(skippedTags).toBe(1);
});
