/** Policies in the built server, asked by grpc-js as a broker asks. */
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  HS256_BY_OPENSSL,
  HS256_WITH_PUBLIC_KEY,
  HS512_BY_PYTHON,
  RS256_BY_OPENSSL,
  RSA_PUBLIC_KEY,
  SECRET,
  SECRET_BASE64,
} from '../lookup/jwt/vectors.ts';
import { PASSWORD, textVectors } from '../lookup/password/vectors.ts';
import { check } from '../support/check.ts';
import { readRecording, recordings } from '../support/recordings.ts';
import { until } from '../support/servers/process.ts';
import { type Broker, wordsOf } from './support/broker.ts';
import { login, publish, subscribe } from './support/policy.ts';
import { serverOf, sharedServerOf } from './support/policy-server.ts';
import { exhook, hurried, run, temporaryDirectory, temporaryFile } from './support/program.ts';

const deniesTopics = { authorize: { rules: [] } };

describe('logins with a users file', () => {
  const forms = textVectors.filter(({ options }) => options === undefined);
  const users = forms.map(({ hash }, i) => ({ username: `u${i}`, hash }));

  it('takes the hashes that mosquitto_passwd, htpasswd, hashlib, EMQX and others made', async () => {
    const { broker } = await serverOf(
      { authenticate: { methods: [{ users: { file: 'users.json' } }] } },
      { 'users.json': JSON.stringify(users) },
    );
    expect(forms.length).toBeGreaterThan(6);
    for (const [i, { name, password = PASSWORD }] of forms.entries()) {
      expect([name, await login(broker, { username: `u${i}`, password })]).toEqual([name, true]);
      expect([name, await login(broker, { username: `u${i}`, password: `${password}x` })]).toEqual([
        name,
        false,
      ]);
    }
    expect(await login(broker, { username: 'stranger', password: PASSWORD })).toBe(false);
    expect(await login(broker, {})).toBe(false);
  });

  it('delays clients that guess passwords, and caches those that were admitted', async () => {
    const { server, broker } = await serverOf({
      decisions: { log: 'all' },
      authenticate: {
        methods: [{ users: { list: users.slice(0, 1) } }],
        cache: {},
        limiter: { perClientId: { burst: 2, refill: '1h' } },
      },
    });
    const client = { clientid: 'guessed', username: 'u0' };
    expect(await login(broker, { ...client, password: '1' })).toBe(false);
    expect(await login(broker, { ...client, password: '2' })).toBe(false);
    expect(await login(broker, { ...client, password: PASSWORD })).toBe(false);
    expect(await login(broker, { ...client, clientid: 'other', password: PASSWORD })).toBe(true);
    expect(await login(broker, { ...client, clientid: 'other', password: PASSWORD })).toBe(true);
    await server.stop();
    const told = server.log
      .filter(({ decision }) => decision !== undefined)
      .map(({ by, verdict }) => `${by}: ${verdict}`);
    expect(told).toEqual(['users: deny', 'users: deny', 'limiter: deny', 'users: allow', 'users: allow']);
  });
});

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (header: object) =>
  `${base64url(header)}.${base64url({ sub: 'meter-1', exp: 4_102_444_800 })}`;
const signed = (claims: object, header: object = { alg: 'HS256' }) => {
  const text = `${base64url(header)}.${base64url(claims)}`;
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
};

describe('logins with tokens', () => {
  it.each([
    ['RS256 by openssl', { publicKey: RSA_PUBLIC_KEY }, RS256_BY_OPENSSL, true],
    ['HS256 by openssl', { secret: SECRET }, HS256_BY_OPENSSL, true],
    ['HS512 by python', { secret: SECRET_BASE64, secretEncoding: 'base64' }, HS512_BY_PYTHON, true],
    ['the public key as a secret', { publicKey: RSA_PUBLIC_KEY }, HS256_WITH_PUBLIC_KEY, false],
    ['no algorithm', { secret: SECRET }, `${unsigned({ alg: 'none' })}.`, false],
    ['no signature', { secret: SECRET }, `${unsigned({ alg: 'HS256' })}.`, false],
    ['half a token', { secret: SECRET }, HS256_BY_OPENSSL.slice(0, 90), false],
    ['a huge token', { secret: SECRET }, `${HS256_BY_OPENSSL}${'A'.repeat(20_000)}`, false],
    ['an expired token', { secret: SECRET }, signed({ exp: 1 }), false],
    ['a token for ever', { secret: SECRET }, signed({}), false],
    ['a claim that fits', { secret: SECRET, claims: { sub: '${clientid}' } }, HS256_BY_OPENSSL, true],
    ["another's claim", { secret: SECRET, claims: { sub: '${username}' } }, HS256_BY_OPENSSL, false],
  ])('%s', async (_, jwt, token, verdict) => {
    const { broker } = await sharedServerOf({ authenticate: { methods: [{ jwt }] } });
    expect(await login(broker, { clientid: 'meter-1', username: 'someone', password: token })).toBe(verdict);
  });

  it('brings grants that hold for the topics of this client, and for no other', async () => {
    const { broker } = await serverOf({
      authenticate: { methods: [{ jwt: { secret: SECRET } }] },
      authorize: { rules: [{ allow: 'publish', topics: 'public/#' }] },
    });
    const password = signed({ exp: 4_102_444_800, acl: { pub: ['own/${clientid}'], sub: ['a/+'] } });
    expect(await publish(broker, { clientid: 'm1' }, 'own/m1')).toBe(false);
    expect(await login(broker, { clientid: 'm1', password })).toBe(true);
    expect(await publish(broker, { clientid: 'm1' }, 'own/m1')).toBe(true);
    expect(await subscribe(broker, { clientid: 'm1' }, 'a/+')).toBe(true);
    expect(await subscribe(broker, { clientid: 'm1' }, 'a/#')).toBe(false);
    expect(await publish(broker, { clientid: 'm1' }, 'public/x')).toBe(false);
    expect(await publish(broker, { clientid: 'm2' }, 'public/x')).toBe(true);
    expect(await publish(broker, { clientid: 'm2' }, 'own/m2')).toBe(false);
  });

  it('needs no memory of the login when the token is the user name', async () => {
    const { broker } = await serverOf({
      authenticate: { methods: [{ jwt: { secret: SECRET, from: 'username' } }] },
      authorize: { rules: [] },
    });
    const username = signed({ exp: 4_102_444_800, acl: { pub: ['own'] } });
    expect(await publish(broker, { clientid: 'm1', username }, 'own')).toBe(true);
    expect(await publish(broker, { clientid: 'm1', username }, 'other')).toBe(false);
    expect(await publish(broker, { clientid: 'm2', username: `${username.slice(0, -3)}AAA` }, 'own')).toBe(
      false,
    );
  });
});

async function authServer(answer: (response: http.ServerResponse, body: string) => void): Promise<string> {
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    answer(response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/auth`;
}

function json(response: http.ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}

describe('logins with an HTTP service', () => {
  const configOf = (url: string, timeout: string) => ({
    authenticate: { methods: [{ http: { url, timeout, retries: 0 } }] },
    authorize: { rules: [] },
  });

  it('asks it, and keeps its grants', async () => {
    const url = await authServer((response, body) => {
      const { username } = JSON.parse(body);
      const acl = [{ permission: 'allow', action: 'publish', topic: 'mine' }];
      json(response, username === 'good' ? { result: 'allow', acl } : { result: username });
    });
    const { broker } = await serverOf(configOf(url, '10s'));
    expect(await login(broker, { username: 'good' })).toBe(true);
    expect(await publish(broker, { username: 'good' }, 'mine')).toBe(true);
    expect(await login(broker, { username: 'deny' })).toBe(false);
    expect(await login(broker, { username: 'ignore' })).toBe(false);
  });

  /** The behaviour of a service, by the user name in the request. */
  const broken: Record<string, (response: http.ServerResponse) => void> = {
    silent: () => {},
    slow: (response) => void setTimeout(() => json(response, { result: 'allow' }), 2000).unref(),
    failing: (response) => void response.writeHead(500).end(),
    'talking nonsense': (response) => void response.end('<html>SECRET-BODY</html>'),
    'hanging up': (response) => void response.destroy(),
  };
  const onErrors: [string | undefined, unknown][] = [
    [undefined, false],
    ['allow', true],
    ['ignore', 'ignore'],
    ['error', expect.stringMatching(/^status (4|14): /)],
  ];
  let service: http.Server;
  beforeAll(async () => {
    service = http.createServer(async (request, response) => {
      broken[JSON.parse(await text(request)).username]?.(response);
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    service.closeAllConnections();
    service.close();
  });

  it.each(Object.keys(broken))('answers as onError says when the service is %s', async (username) => {
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/auth`;
    const methods = [{ http: { url, timeout: '300ms', retries: 0, breaker: { failures: 1000 } } }];
    const countFailures = (log: string) => log.match(/"code":"lookup_(failed|timeout)"/g)?.length ?? 0;
    for (const [onError, verdict] of onErrors) {
      const { server, broker } = await sharedServerOf({ authenticate: { methods, onError } });
      const before = countFailures(server.stderr.text);
      expect(await login(broker, { username, password: 'p' })).toEqual(verdict);
      await server.stderr.until('it logged the failure', (heard) => countFailures(heard.text) > before);
      expect(server.stderr.text).not.toContain('SECRET-BODY');
    }
  });
});

describe('an HTTP service', () => {
  const http = (url: string, options: object = {}, more: object = {}) => ({
    authenticate: { methods: [{ http: { url, timeout: '2s', retries: 0, ...options } }], ...more },
  });
  const isAdmitted = (broker: Broker, username = 'u') => login(broker, { username, password: 'p' });

  it('is asked again when it fails, within the time of the call', async () => {
    let asked = 0;
    const url = await authServer((response) => {
      if (asked++ === 0) response.writeHead(503).end();
      else json(response, { result: 'allow' });
    });
    const { broker } = await serverOf(http(url, { retries: 1 }));
    expect(await isAdmitted(broker)).toBe(true);
    expect(asked).toBe(2);
  });

  it('is left alone when it has failed repeatedly, and asked again later', async () => {
    let asked = 0;
    let isDown = true;
    const url = await authServer((response) => {
      asked++;
      if (isDown) response.writeHead(500).end();
      else json(response, { result: 'allow' });
    });
    const { broker } = await serverOf(http(url, { breaker: { failures: 2, openFor: '1s' } }));
    for (let i = 0; i < 10; i++) expect(await isAdmitted(broker)).toBe(false);
    expect(asked).toBeLessThan(10);
    isDown = false;
    await until('the service to be asked again', () => isAdmitted(broker).then((is) => is === true));
  });

  it('is asked once for what the cache knows, including refusals, and again after a failure', async () => {
    const asked: string[] = [];
    const url = await authServer((response, body) => {
      const { username } = JSON.parse(body);
      asked.push(username);
      if (username === 'broken') response.writeHead(500).end();
      else json(response, { result: username === 'good' ? 'allow' : 'deny' });
    });
    const { broker } = await serverOf(http(url, {}, { cache: { ttl: '1h', negativeTtl: '1h' } }));
    for (const name of ['good', 'bad', 'broken', 'good', 'bad', 'broken'])
      expect(await isAdmitted(broker, name)).toBe(name === 'good');
    expect(asked).toEqual(['good', 'bad', 'broken', 'broken']);
    // Another password is another login.
    await login(broker, { username: 'good', password: 'another' });
    expect(asked).toHaveLength(5);
  });

  it.each([
    ['no JSON', 'not json'],
    ['another form', '{"verdict":"allow"}'],
    ['a result that is none', '{"result":"yes"}'],
    ['grants that cannot be read', '{"result":"allow","acl":[{"permission":"maybe"}]}'],
    ['a list', '["allow"]'],
    ['too much', `{"result":"allow","x":"${'x'.repeat(100_000)}"}`],
  ])('that answers %s admits nobody', async (_, text) => {
    const url = await authServer((response) => {
      response.setHeader('content-type', 'application/json').end(text);
    });
    const { broker } = await serverOf(http(url));
    expect(await isAdmitted(broker)).toBe(false);
  });
});

/** What the recorded clients may do, and the result of each call: test/fixtures/expected/policy.NAME.txt */
const recorded = {
  authenticate: {
    methods: [
      {
        users: {
          allowPlain: true,
          list: [
            { username: 'alice', password: 's3cret', tags: ['reader'] },
            { username: 'bob', password: 'pw' },
            { username: 'carol', password: 'pw5' },
            { username: 'mu', password: 'wrong' },
          ],
        },
      },
      { anonymous: { who: { clientid: [{ like: 'p*' }, 'dup', 'hash', { like: 'mosq-*' }] } } },
    ],
  },
  authorize: {
    rules: [
      { name: 'no empty', deny: 'publish', topics: 't/c/empty' },
      { name: 'readers', allow: 'subscribe', who: { tag: 'reader' }, topics: 't/#' },
      { name: 'bob', allow: 'publish', who: { username: 'bob' }, topics: 't/#' },
      { name: 'v5', allow: 'all', who: { clientid: ['v5-client', 'p5'] }, topics: ['v5/t', 'sh/#'] },
      { name: 'wills', allow: 'publish', topics: 'will/+' },
      { name: 'not everything', deny: 'subscribe', who: { clientid: 'hash' }, topics: '$SYS/#' },
      { name: 'mosquitto', allow: 'all', who: { clientid: { like: 'mosq-*' } }, topics: 'm/1' },
    ],
  },
  decisions: { log: 'all' },
};

describe.each(recordings)('the recorded life of %s', (name) => {
  it('gets the verdicts of the committed table', async () => {
    const { server, broker } = await serverOf(recorded);
    const asked: [who: string, what: string, verdict: string][] = [];
    for (const call of readRecording(name)) {
      if (!/OnClientAuth/.test(call.path)) continue;
      const { clientinfo, type = 'PUBLISH', topic } = call.message as unknown as RecordedCheck;
      const { clientid, username = '-' } = clientinfo;
      // Client ids that the broker assigned are different in each recording.
      const who = `${call.seq} ${username} ${clientid.length > 12 ? '(assigned)' : clientid}`;
      const what = topic === undefined ? 'login' : `${type.toLowerCase()} ${topic}`;
      asked.push([who, what, wordsOf(call.path, await broker.send(call)) === true ? 'allow' : 'deny']);
    }
    await server.stop();
    const decisions = server.log.filter(({ decision }) => decision !== undefined);
    expect(decisions.map(({ verdict }) => verdict)).toEqual(asked.map(([, , verdict]) => verdict));
    const lines = asked.map(
      ([who, what, verdict], i) => `${who} ${what} -> ${verdict} by ${decisions[i]?.by}`,
    );
    const file = join(import.meta.dirname, `../fixtures/expected/policy.${name}.txt`);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(file);
    expect(lines.length).toBeGreaterThan(30);
  });
});

interface RecordedCheck {
  readonly clientinfo: { readonly clientid: string; readonly username?: string };
  readonly type?: string;
  readonly topic?: string;
}

describe('shadow mode', () => {
  it('decides and logs, and leaves the result to the broker; says what that means before 5.9', async () => {
    const { server, broker } = await serverOf({
      authenticate: { mode: 'shadow', methods: [{ anonymous: { who: { clientid: 'good' } } }] },
      authorize: { mode: 'shadow', rules: [{ name: 'one', allow: 'publish', topics: 'a' }] },
      decisions: { log: 'all' },
    });
    await server.logged(/^authenticate.mode: shadow leaves logins to the broker/);
    expect(await login(broker, { clientid: 'bad' })).toBe('ignore');
    expect(await publish(broker, {}, 'a')).toBe('ignore');
    expect(await publish(broker, {}, 'b')).toBe('ignore');
    expect(await login(broker, { clientid: 'bad' }, 'v2')).toBe('ignore');
    await server.stop();
    const told = server.log.filter(
      ({ hook, message }) => hook !== undefined || /before 5.9, which/.test(message),
    );
    expect(told.map(({ by, message }) => `${by} ${message}`)).toEqual([
      'otherwise would be denied',
      'one would be allowed',
      'otherwise would be denied',
      expect.stringContaining('a login was left to a broker before 5.9'),
      'otherwise would be denied',
    ]);
  });
});

describe('the decision log', () => {
  it.each([
    ['all', 2],
    ['denied', 1],
    ['off', 0],
  ])('%s: %i of an allowed and a denied call', async (log, count) => {
    const { server, broker } = await serverOf({
      authorize: { rules: [{ allow: 'publish', topics: 'a' }] },
      decisions: { log },
    });
    await publish(broker, {}, 'a');
    await publish(broker, { clientid: 'c9' }, 'b');
    await server.stop();
    const told = server.log.filter(({ decision }) => decision !== undefined);
    expect(told).toHaveLength(count);
    if (count > 0)
      expect(told.at(-1)).toMatchObject({
        hook: 'client.authorize',
        clientid: 'c9',
        action: 'publish',
        topic: 'b',
        verdict: 'deny',
        by: 'otherwise',
        reason: 'no rule was hit',
        revision: expect.stringMatching(/^1-[0-9a-f]{8}$/),
        ms: expect.any(Number),
      });
  });
});

const rulesFor = (topic: string) => ({
  events: { stdout: 'off' },
  authorize: { rules: [{ allow: 'publish', topics: topic }] },
});

describe('a change while it runs', () => {
  /** Files are looked at every tenth of a second. */
  const hurriedServerOf = (config: object, files = {}) => serverOf(config, files, [], { env: hurried });
  const change = (path: string, content: unknown): void =>
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));

  it('of the configuration file takes effect if it is valid, and is reported if it is not', async () => {
    const { server, broker, path } = await hurriedServerOf(rulesFor('old'));
    expect(await publish(broker, {}, 'new')).toBe(false);
    change(path, { ...rulesFor('new'), workers: 2 });
    await server.logged(/^the configuration was reloaded and is in effect$/);
    expect([await publish(broker, {}, 'old'), await publish(broker, {}, 'new')]).toEqual([false, true]);
    await server.logged(/^these changes need a restart: workers$/);
    change(path, 'authorize: { rules: [{ allow: everything }] }');
    await server.logged(/^reload rejected/);
    expect(server.stderr.text).toMatch(/exhook.yaml:1:\d+ authorize.rules\[0\].allow/);
    expect(await publish(broker, {}, 'new')).toBe(true);
  });

  it('takes effect at once on SIGHUP', async () => {
    const { server, broker, path } = await serverOf(rulesFor('old'));
    change(path, rulesFor('new'));
    server.signal('SIGHUP');
    await server.logged(/^the configuration was reloaded/);
    expect(await publish(broker, {}, 'new')).toBe(true);
  });

  it('of a users file counts for logins, for remembered ones too, and for the tags of who is connected', async () => {
    const user = (password: string, site: string) =>
      `[{ "username": "u", "password": "${password}", "tags": { "site": "${site}" } }]`;
    const { server, broker, directory } = await hurriedServerOf(
      {
        authenticate: {
          methods: [{ users: { file: 'users.json', allowPlain: true } }],
          cache: { ttl: '1h' },
        },
        authorize: { rules: [{ allow: 'publish', topics: 'site/${tag.site}' }] },
      },
      { 'users.json': user('old', 'north') },
    );
    const client = { username: 'u' };
    expect(await login(broker, { ...client, password: 'old' })).toBe(true);
    expect(await publish(broker, client, 'site/north')).toBe(true);
    change(join(directory, 'users.json'), user('new', 'south'));
    await server.logged(/users.json changed and was reloaded: 1 users$/);
    expect(await login(broker, { ...client, password: 'old' })).toBe(false);
    expect(await login(broker, { ...client, password: 'new' })).toBe(true);
    expect([
      await publish(broker, client, 'site/north'),
      await publish(broker, client, 'site/south'),
    ]).toEqual([false, true]);
    change(join(directory, 'users.json'), '[{ "username": "u" }]');
    await server.logged(/users.json:1: a user needs one of .*; the previous users stay in effect$/);
    expect(await login(broker, { ...client, password: 'new' })).toBe(true);
  });

  it('of an ACL file counts, unless it would allow everything', async () => {
    const { server, broker, directory } = await hurriedServerOf(
      { authorize: { sources: [{ emqx: 'acl.conf' }] } },
      { 'acl.conf': '{allow, {user, "u"}, publish, ["a"]}.\n{deny, all}.\n' },
    );
    expect([await publish(broker, { username: 'u' }, 'a'), await publish(broker, {}, 'a')]).toEqual([
      true,
      false,
    ]);
    change(join(directory, 'acl.conf'), '{allow, {user, "u"}, publish, ["b"]}.\n{deny, all}.\n');
    await server.logged(/acl.conf changed and was reloaded$/);
    expect([
      await publish(broker, { username: 'u' }, 'a'),
      await publish(broker, { username: 'u' }, 'b'),
    ]).toEqual([false, true]);
    change(join(directory, 'acl.conf'), '{allow, all}.\n');
    await server.logged(/allows every topic to everyone.*; the previous rules stay in effect$/);
    expect(await publish(broker, {}, 'b')).toBe(false);
  });
});

describe('a start', () => {
  const refused = async (config: object, files: Readonly<Record<string, string>> = {}): Promise<string> => {
    const directory = temporaryDirectory();
    for (const [name, text] of Object.entries(files)) temporaryFile(name, text, directory);
    const path = temporaryFile('exhook.yaml', JSON.stringify(config), directory);
    const { code, stderr } = await run(['--config', path], { env: { HOST: '127.0.0.1', PORT: '0' } });
    expect(code).toBe(2);
    const checked = await check(path);
    expect(checked.code).toBe(2);
    return stderr.replaceAll(`${directory}/`, '');
  };

  it.each<[string, object, Record<string, string>, RegExp]>([
    ['admits everybody', { authenticate: { methods: [{ anonymous: {} }] } }, {}, /admits every client/],
    ['allows everything', { authorize: { rules: [{ allow: 'all' }] } }, {}, /allows every topic to everyone/],
    [
      'allows everything in a file',
      { authorize: { sources: [{ emqx: 'acl.conf' }] } },
      { 'acl.conf': '{allow, all}.' },
      /allows every topic to everyone/,
    ],
    [
      'has a file that is not there',
      { authenticate: { methods: [{ users: { file: 'users.yaml' } }] } },
      {},
      /^users.yaml:0: cannot be read: ENOENT/,
    ],
    [
      'has a broken users file',
      { authenticate: { methods: [{ users: { file: 'u.csv' } }] } },
      { 'u.csv': 'username,hash\na,SECRET-HASH\n' },
      /^u.csv:2: not a known form/,
    ],
    [
      'has a broken ACL',
      { authorize: { sources: [{ mosquitto: 'acl' }] } },
      { acl: 'topic read a\ntopik b\n' },
      /^acl:2: a line must begin with/,
    ],
    [
      'has no secret',
      { authenticate: { methods: [{ jwt: { secret: { env: 'NO_SUCH' } } }] } },
      {},
      /^(\S+\/)?exhook\.yaml:\d+:\d+ authenticate.methods\[0\].jwt: environment variable NO_SUCH is not set/,
    ],
    [
      'has a key that is none',
      { authenticate: { methods: [{ jwt: { publicKey: 'SECRET-KEY' } }] } },
      {},
      /^(\S+\/)?exhook\.yaml:\d+:\d+ authenticate.methods\[0\].jwt: "publicKey" is not a public key/,
    ],
    [
      'has two answers',
      { authorize: { rules: [] }, hooks: { custom: ['h.mjs'] } },
      { 'h.mjs': 'export default { name: "client.authorize", decide: () => ({}) }' },
      /^(\S+\/)?exhook\.yaml:\d+:\d+ authorize: a custom hook answers client.authorize/,
    ],
  ])('with a policy that %s is refused', async (_, config, files, problem) => {
    if (_ === 'has two answers') {
      // Only the server imports and starts both.
      const directory = temporaryDirectory();
      temporaryFile('h.mjs', files['h.mjs'] ?? '', directory);
      const path = temporaryFile('exhook.yaml', JSON.stringify(config), directory);
      const { code, stderr } = await run(['--config', path], { env: { HOST: '127.0.0.1', PORT: '0' } });
      expect([code, stderr]).toEqual([2, expect.stringMatching(problem)]);
      return;
    }
    const stderr = await refused(config, files);
    expect(stderr).toMatch(problem);
    expect(stderr).not.toContain('SECRET');
  });

  it('registers the configured hooks', async () => {
    const path = temporaryFile('exhook.yaml', JSON.stringify({ events: { stdout: 'off' }, ...deniesTopics }));
    const { stdout } = await exhook(['hooks', '--config', path]);
    expect(stdout).toContain('client.authorize  a policy decides topics (authorize)');
    expect(stdout).toContain('1 hook is registered');
  });
});

describe('secrets', () => {
  it('are in no output, no event, no error and no recording', async () => {
    const token = signed({ exp: 4_102_444_800, sub: 'someone-else' });
    const hash = textVectors[0]?.hash ?? '';
    const secrets = [
      SECRET,
      token,
      hash,
      'wrong-password-1',
      'api-key-of-the-service',
      'body-of-the-service',
      PASSWORD,
    ];
    const url = await authServer((response, body) => {
      if (body.includes('broken')) response.end('body-of-the-service');
      else json(response, { result: 'deny', note: 'body-of-the-service' });
    });
    const recording = join(temporaryDirectory(), 'calls.jsonl');
    const { server, broker } = await serverOf(
      {
        events: { stdout: 'json' },
        log: { level: 'trace' },
        decisions: { log: 'all' },
        authenticate: {
          methods: [
            { users: { list: [{ username: 'u', hash }] } },
            { jwt: { secret: SECRET, claims: { sub: '${clientid}' } } },
            { http: { url, retries: 0, headers: { authorization: 'api-key-of-the-service' } } },
          ],
        },
        ...deniesTopics,
      },
      {},
      ['--record', recording],
    );
    const logins = [
      { username: 'u', password: PASSWORD },
      { username: 'u', password: 'wrong-password-1' },
      { username: 'x', password: 'wrong-password-1' },
      { username: 'x', password: token },
      { username: 'broken', password: 'wrong-password-1' },
    ];
    const verdicts = [];
    for (const client of logins) verdicts.push(await login(broker, client));
    expect(verdicts).toEqual([true, false, false, false, false]);
    for (const life of recordings) {
      for (const call of readRecording(life)) await broker.send(call);
    }
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    const written = server.stdout.text + server.stderr.text + readFileSync(recording, 'utf8');
    expect(written.length).toBeGreaterThan(10_000);
    for (const secret of secrets) expect(written.includes(secret), secret).toBe(false);
  });
});
