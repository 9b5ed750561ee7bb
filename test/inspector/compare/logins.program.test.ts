/** What `exhook compare` says of logins, which recordings do not hold the passwords of. */
import { createSecretKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { comparing } from '../../cli/compare/comparing.ts';
import { aLogin, aPublish, aSubscribe } from '../../cli/compare/recording.ts';

const hash = (n: number) => `$2b$04$bbcGNzx0O.qC4jLxBUJp7.XVH5GN/iiBQNVA5GFuy.mkQkv3m1M${n}a`;
const user = (username: string, more: object = {}) => ({ username, hash: hash(1), ...more });
const users = (...list: object[]) => ({ users: { list } });
const login = (...methods: object[]) => ({ authenticate: { methods } });
const alice = { clientid: 'c1', username: 'alice', password: 'never-to-be-seen', peerhost: '10.0.0.1' };
const counts = (output: string, hook = 'client.authenticate') =>
  output
    .match(new RegExp(`^${hook} +(.*)$`, 'm'))?.[1]
    ?.split(/ +/)
    .map(Number);

describe('a login by password', () => {
  it('ends alike when the user is the same, whatever else is in the file', async () => {
    const { status, output } = await comparing({
      before: login(users(user('alice'))),
      after: login(users(user('bob'), user('alice'))),
      calls: [aLogin(alice)],
    });
    expect([status, counts(output)]).toStrictEqual([0, [1, 1, 0, 0]]);
    expect(output).toContain('Nothing would change.');
    expect(output).toContain(
      'Among the unchanged: 1 call for which both files need the same unrecorded data.',
    );
  });

  it.each([
    ['another password', user('alice', { hash: hash(2) })],
    ['other tags', user('alice', { tags: ['admin'] })],
  ])('may end otherwise with %s', async (_, changed) => {
    const { status, output } = await comparing({
      before: login(users(user('alice'))),
      after: login(users(changed)),
      calls: [aLogin(alice)],
    });
    expect([status, counts(output)]).toStrictEqual([1, [1, 0, 0, 1]]);
    expect(output).toContain('? (users: needs the password) -> ? (users: needs the password)');
    expect(output).toContain('1 call may change: the recording lacks data to tell.');
  });

  it.each([
    ['is gone', users(user('bob')), 'deny (otherwise)'],
    [
      'may not come from there any more',
      users(user('alice', { addresses: '192.168.0.0/16' })),
      'deny (users)',
    ],
    ['may not have this client id any more', users(user('alice', { clientid: 'c2' })), 'deny (users)'],
  ])('may end otherwise when the user %s', async (_, method, effect) => {
    const { status, output } = await comparing({
      before: login(users(user('alice', { addresses: '10.0.0.0/8' }))),
      after: login(method),
      calls: [aLogin(alice)],
    });
    expect(status).toBe(1);
    expect(output).toContain(`? (users: needs the password) -> ${effect}`);
  });

  it('is known to fail when it comes without one, or for nobody', async () => {
    const { output } = await comparing({
      before: login(users(user('alice'))),
      after: login(users(user('alice', { hash: hash(2) }))),
      calls: [aLogin({ ...alice, password: '' }), aLogin({ ...alice, username: 'nobody' })],
    });
    expect(counts(output)).toStrictEqual([2, 2, 0, 0]);
    expect(output).not.toContain('is not recorded');
  });

  it('shows neither password nor hash, in words or as JSON', async () => {
    for (const json of [false, true]) {
      const { output, errors } = await comparing({
        before: login(users(user('alice'))),
        after: login(users(user('alice', { hash: hash(2) }))),
        calls: [aLogin(alice)],
        options: { json },
      });
      for (const secret of ['never-to-be-seen', '$2b$', 'bbcGNzx0O', 'signature'])
        expect(`${output}${errors}`).not.toContain(secret);
    }
  });
});

describe('a login by names', () => {
  it('is compared: certificates, and clients without a user name', async () => {
    const { status, output } = await comparing({
      before: login({ certificate: { commonName: ['a', 'b'] } }, { anonymous: { who: { clientid: 'x' } } }),
      after: login({ certificate: { commonName: ['b'] } }, { anonymous: { who: { clientid: 'y' } } }),
      calls: [
        aLogin({ clientid: '1', username: 'u', cn: 'a' }),
        aLogin({ clientid: '2', username: 'u', cn: 'b' }),
        aLogin({ clientid: 'x' }),
        aLogin({ clientid: 'y' }),
      ],
    });
    expect([status, counts(output)]).toStrictEqual([1, [4, 1, 3, 0]]);
    expect(output).toContain(
      'client.authenticate  allow (certificate) -> deny (otherwise)\n  1 call, 1 client: 1\n',
    );
    expect(output).toContain('allow (anonymous) -> deny (otherwise)');
    expect(output).toContain('deny (otherwise) -> allow (anonymous)');
  });

  it('brings tags to the topic checks behind it', async () => {
    const policy = (site: string) => ({
      ...login({ certificate: { commonName: 'a', tags: { site } } }),
      authorize: { rules: [{ allow: 'publish', topics: 'site/${tag.site}/#' }] },
    });
    const client = { clientid: '1', cn: 'a' };
    const { output } = await comparing({
      before: policy('north'),
      after: policy('south'),
      calls: [aLogin(client), aPublish(client, 'site/north/t')],
    });
    expect(counts(output)).toStrictEqual([1, 1, 0, 0]);
    expect(output).toContain('client.authorize  allow (rule 1) -> deny (otherwise)');
  });
});

describe('tags of users', () => {
  const policy = (tags: string[], more: object[] = []) => ({
    ...login(...more, users(user('alice', { tags }))),
    authorize: { rules: [{ name: 'admins', allow: 'all', who: { tag: 'admin' } }] },
  });

  it('are known although the password is not: a client that continues had the right one', async () => {
    const { output } = await comparing({
      before: policy(['admin']),
      after: policy([]),
      calls: [aLogin(alice), aSubscribe(alice, 'a/#')],
    });
    expect(counts(output, 'client.authorize')).toStrictEqual([1, 0, 1, 0]);
    expect(output).toContain('allow (admins) -> deny (otherwise)');
  });

  it('are also known behind a method that names do not tell of', async () => {
    const jwt = { jwt: { secret: { env: 'KEY' }, from: 'username' } };
    const { output } = await comparing({
      before: policy(['admin'], [jwt]),
      after: policy([], [jwt]),
      calls: [aLogin(alice), aSubscribe(alice, 'a/#')],
      env: { KEY: 'k'.repeat(32) },
    });
    expect(counts(output, 'client.authorize')).toStrictEqual([1, 0, 1, 0]);
  });
});

/** A service that must not be asked. */
async function aService(): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  const server = createServer((_, response) => {
    requests++;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests: () => requests };
}

describe('a login that a service decides', () => {
  const calls = [aLogin(alice), aPublish(alice, 'a/b')];
  const rules = (...list: object[]) => ({ authorize: { rules: list } });

  it.each([
    ['http', (url: string) => ({ http: { url } })],
    ['jwt', (url: string) => ({ jwt: { jwks: url } })],
  ])('is not asked for, and ends alike in both: %s', async (name, method) => {
    const service = await aService();
    const config = { ...login(method(service.url)), ...rules({ allow: 'all', topics: 'a/#' }) };
    const { status, output } = await comparing({ before: config, after: config, calls });
    expect([status, service.requests()]).toStrictEqual([0, 0]);
    expect(counts(output)).toStrictEqual([1, 1, 0, 0]);
    const other = await comparing({
      before: config,
      after: { ...config, ...login({ http: { url: 'http://127.0.0.1:1/' } }) },
      calls,
    });
    expect([other.status, service.requests()]).toStrictEqual([1, 0]);
    expect(other.output).toContain(
      `? (${name}: ${name === 'http' ? 'asks a service' : 'needs the password'}) -> ? (http: asks a service)`,
    );
  });

  it('is not asked for a token that is the user name', async () => {
    const service = await aService();
    const token = { clientid: 'c1', username: 'aaaa.bbbb.cccc' };
    const config = (topics: string) => ({
      ...login({ jwt: { jwks: service.url, from: 'username' } }, users(user('alice'))),
      ...rules({ allow: 'all', topics }),
    });
    const { output } = await comparing({
      before: config('a/#'),
      after: config('b/#'),
      calls: [
        aLogin(token),
        aPublish(token, 'a/b'),
        aPublish({ clientid: 'other', username: 'x.y.z' }, 'a/b'),
        aLogin(alice),
      ],
    });
    expect(service.requests()).toBe(0);
    expect(counts(output)).toStrictEqual([2, 2, 0, 0]);
    expect(counts(output, 'client.authorize')).toStrictEqual([2, 0, 2, 0]);
    expect(`${output}`).not.toContain('aaaa.bbbb');
  });

  const granting = (...list: object[]) => ({
    ...login({ http: { url: 'http://127.0.0.1:1/' } }),
    ...rules(...list),
  });

  it('brings tags that are not known: where a rule looks at them, nothing can be told', async () => {
    const { status, output } = await comparing({
      before: granting({ allow: 'all', who: { tag: 'admin' } }, { allow: 'publish', topics: 'a/#' }),
      after: granting({ deny: 'all', who: { tag: 'admin' } }, { allow: 'publish', topics: 'a/#' }),
      calls,
    });
    expect([status, counts(output, 'client.authorize')]).toStrictEqual([1, [1, 0, 0, 1]]);
    expect(output).toContain('? (the tags of the login)');
  });

  it.each([
    ['looks at other topics', { allow: 'all', who: { tag: 'admin' }, topics: 'other/#' }, [1, 1, 0, 0]],
    ['says the same as what decides', { allow: 'all', who: { tag: 'admin' } }, [1, 1, 0, 0]],
    ['is no other one', { deny: 'all', who: { tag: 'banned' } }, [1, 1, 0, 0]],
    ['has a condition about them', { deny: 'all', when: 'tags.size() > 3' }, [1, 1, 0, 0]],
  ])('brings tags that do not matter when the rule %s', async (_, rule, expected) => {
    const { output } = await comparing({
      before: granting(rule, { allow: 'publish', topics: 'a/#' }),
      after: granting(rule, { name: 'new', deny: 'subscribe' }, { allow: 'publish', topics: 'a/#' }),
      calls,
    });
    expect(counts(output, 'client.authorize')).toStrictEqual(expected);
  });

  it('notices that a condition would be about other tags', async () => {
    const allow = { allow: 'publish', topics: 'a/#' };
    const { output } = await comparing({
      before: granting({ deny: 'all', when: 'tags.size() > 3' }, allow),
      after: granting({ deny: 'all', when: 'tags.size() > 4' }, allow),
      calls,
    });
    expect(counts(output, 'client.authorize')).toStrictEqual([1, 0, 0, 1]);
  });

  it('may bring its own rules, which is reported', async () => {
    const { output } = await comparing({
      before: granting({ allow: 'publish', topics: 'a/#' }),
      after: granting({ allow: 'publish', topics: 'b/#' }),
      calls,
    });
    expect(counts(output, 'client.authorize')).toStrictEqual([1, 0, 1, 0]);
    expect(output).toContain('Among the changed: 1 call that unrecorded grants of the login may decide.');
  });

  it('may bring rules that count on one side only', async () => {
    const policy = (order: string) => ({
      ...login({ http: { url: 'http://127.0.0.1:1/' } }),
      authorize: { rules: [{ allow: 'publish', topics: 'a/#' }], grants: { order } },
    });
    const { output } = await comparing({ before: policy('first'), after: policy('last'), calls });
    expect(counts(output, 'client.authorize')).toStrictEqual([1, 0, 0, 1]);
    expect(output).toContain('? (the grants of the login) -> allow (rule 1)');
  });

  it('is forgotten when the client comes back in a way that is known', async () => {
    const policy = (tag: string) => ({
      ...login({ certificate: { commonName: 'a' } }, { http: { url: 'http://127.0.0.1:1/' } }),
      ...rules({ allow: 'all', who: { tag } }),
    });
    const { output } = await comparing({
      before: policy('x'),
      after: policy('y'),
      calls: [aLogin(alice), aLogin({ ...alice, cn: 'a' }), aPublish({ ...alice, cn: 'a' }, 'a/b')],
    });
    expect(counts(output, 'client.authorize')).toStrictEqual([1, 1, 0, 0]);
  });
});

describe('a token that is the user name', () => {
  const KEY = 'tide-pool-tide-pool-tide-pool-32';
  const sign = (claims: object) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(createSecretKey(Buffer.from(KEY)));
  const policy = (topics: string) => ({
    ...login({ jwt: { secret: { env: 'KEY' }, from: 'username' } }),
    authorize: { rules: [{ allow: 'publish', topics }] },
  });

  it('is not in the recording, so its grants are unknown', async () => {
    const client = { clientid: 'c1', username: await sign({ acl: { pub: ['own/#'] } }) };
    const comparison = (before: object, after: object) =>
      comparing({ before, after, calls: [aLogin(client), aPublish(client, 'own/1')], env: { KEY } });
    const { output } = await comparison(policy('a/#'), policy('own/#'));
    // The same method on both sides comes to the same end, whatever the token says.
    expect(counts(output)).toStrictEqual([1, 1, 0, 0]);
    expect(counts(output, 'client.authorize')).toStrictEqual([1, 0, 1, 0]);
    expect(output).toMatch(/1 .*grant/);
    expect(output).not.toContain(client.username);
    const other = { ...policy('a/#'), ...login({ jwt: { secret: { env: 'OTHER' }, from: 'username' } }) };
    const { output: changed } = await comparing({
      before: policy('a/#'),
      after: other,
      calls: [aLogin(client)],
      env: { KEY, OTHER: KEY },
    });
    expect(counts(changed)).toStrictEqual([1, 0, 0, 1]);
    expect(changed).toContain('needs the token');
  });
});

describe('the same configuration in two directories', () => {
  const config = login({ http: { url: 'https://127.0.0.1:1/', ca: './ca.pem' } });

  it('is compared by the contents of its files', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const same = await comparing({
      before: config,
      after: config,
      calls: [aLogin(alice)],
      files: { 'old/ca.pem': pem, 'new/ca.pem': pem },
    });
    expect([same.errors, same.status]).toStrictEqual(['', 0]);
    const other = await comparing({
      before: config,
      after: config,
      calls: [aLogin(alice)],
      files: { 'old/ca.pem': pem, 'new/ca.pem': pem.replace('AAAA', 'AAAB') },
    });
    expect(other.status).toBe(1);
  });
});
