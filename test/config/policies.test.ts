/** What `authenticate`, `authorize` and `decisions` may contain, and the errors for the rest. */
import { describe, expect, it } from 'vitest';
import { registeredHooks } from '../../src/config/hook-list.ts';
import { loadConfig } from '../../src/config/load.ts';
import { resolvePolicyFiles } from '../../src/config/policy-files.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { Config } from '../../src/config/schema.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { nameMethods } from '../../src/lookup/sections/authenticate-methods.ts';
import { noSources } from '../support/sources.ts';

function problemsOf(config: object): string[] {
  const file = { path: 'f', document: parseYaml(JSON.stringify(config)) };
  const problems = loadConfig(noSources, file).problems ?? [];
  return problems.map((problem) => formatProblem(problem).replace(/^f:1:\d+ /, ''));
}

const users = { users: { file: './u.yaml' } };
const method = (entry: object) => ({ authenticate: { methods: [entry] } });
const redis = (options: object) => ({ authorize: { rules: [], grants: { redis: options } } });
const rules = (...list: object[]) => ({ authorize: { rules: list } });

describe('a good policy', () => {
  it.each<[string, object]>([
    ['users in a file', method(users)],
    [
      'users in a list',
      method({
        users: {
          list: [{ username: 'u', hash: '$2b$04$0iJZEeHnHdWBl4ozBwlgnu1oqPmsEcu.e2vbvVewECUso9eogZgeK' }],
        },
      }),
    ],
    [
      'tokens',
      method({
        name: 'idp',
        jwt: { jwks: 'https://idp.example/keys', claims: { sub: '${clientid}' }, issuer: ['a', 'b'] },
      }),
    ],
    [
      'a service',
      method({
        http: { url: 'https://a.example/x?c=${clientid}', headers: { authorization: { env: 'A' } } },
      }),
    ],
    ['certificates', method({ certificate: { commonName: ['${clientid}', { like: 'x-*' }] } })],
    ['anonymous clients from an address', method({ anonymous: { who: { address: '10.0.0.0/8' } } })],
    [
      'everybody, if that is said',
      { authenticate: { methods: [{ anonymous: {} }], iKnowThisAllowsEveryone: true } },
    ],
    ['rules', rules({ allow: 'all', topics: ['a/${tag.x}/#'], who: { not: { tag: 'b' } } })],
    [
      'every topic, if that is said',
      { authorize: { rules: [{ allow: 'all' }], iKnowThisAllowsEveryone: true } },
    ],
    ['files', { authorize: { sources: [{ mosquitto: 'a' }, { emqx: 'b' }] } }],
  ])('may have %s', (_, config) => {
    expect(problemsOf(config)).toEqual([]);
  });
});

const EVERYONE = 'iKnowThisAllowsEveryone: true';

describe('a policy is refused', () => {
  it.each<[object, string]>([
    [{ authenticate: {} }, 'authenticate.methods: is missing; write methods'],
    [{ authenticate: { methods: [] } }, 'authenticate.methods: is not a list'],
    [
      { authenticate: { methods: Array(8).fill(users) } },
      'authenticate.methods: is too long; write at most 6 methods',
    ],
    [method({}), 'authenticate.methods[0]: is not one method'],
    [method({ ...users, anonymous: {} }), 'authenticate.methods[0]: is not one method'],
    [method({ user: {} }), 'authenticate.methods[0].user: is not a key here; did you mean users?'],
    [method({ users: {} }), 'authenticate.methods[0].users: needs either file or list'],
    [
      method({ users: { list: [{ username: 'u', hash: 'SECRET' }] } }),
      'authenticate.methods[0].users.list[0]: not a known form of password hash',
    ],
    [
      method({ users: { list: [{ username: 'u', password: 'SECRET' }] } }),
      'authenticate.methods[0].users.list[0]: plain passwords are refused',
    ],
    [method({ jwt: {} }), 'authenticate.methods[0].jwt: needs one key: secret, publicKey or jwks'],
    [
      method({ jwt: { secret: 5 } }),
      'authenticate.methods[0].jwt.secret: is not a secret; write { env: NAME }',
    ],
    [
      method({ jwt: { secret: { envv: 'A' } } }),
      'authenticate.methods[0].jwt.secret.env: is missing; write the name of an environment variable',
    ],
    [
      method({ jwt: { secret: 'SECRET', claims: { sub: '${client}' } } }),
      'authenticate.methods[0].jwt.claims.sub: unknown placeholder ${client}: use one of ${clientid}',
    ],
    [method({ jwt: { jwks: 'ftp://x' } }), 'authenticate.methods[0].jwt.jwks: is not a URL'],
    [
      method({ http: { url: 'https://${clientid}.example' } }),
      'authenticate.methods[0].http.url: expected http(s)://host/path',
    ],
    [
      method({ http: { url: 'https://a', body: { x: '${nope}' } } }),
      'authenticate.methods[0].http.body.x: unknown placeholder ${nope}',
    ],
    [method({ certificate: {} }), 'authenticate.methods[0].certificate: needs commonName or subject'],
    [
      method({ certificate: { commonName: '${cn}' } }),
      'authenticate.methods[0].certificate.commonName: unknown placeholder ${cn}',
    ],
    [
      method({ certificate: { commonName: { like: '*' } } }),
      'authenticate.methods[0].certificate: admits every certificate',
    ],
    [method({ anonymous: {} }), EVERYONE],
    [method({ anonymous: { who: { address: '0.0.0.0/0' } } }), EVERYONE],
    [
      method({ anonymous: { who: { address: 'nowhere' } } }),
      'authenticate.methods[0].anonymous.who.address: "nowhere" is not an IP address',
    ],
    [{ authenticate: { methods: [users], otherwise: 'allow' } }, EVERYONE],
    [{ authenticate: { methods: [users], limiter: {} } }, 'authenticate.limiter: has no limit'],
    [
      {
        authenticate: {
          methods: [
            { name: 'a', ...users },
            { name: 'a', ...users },
          ],
        },
      },
      'authenticate.methods[1].name: is the name of another method',
    ],
    [
      method({ name: 'limiter', ...users }),
      'authenticate.methods[0].name: is a reserved name (limiter, otherwise, onError or grants)',
    ],
    [redis({}), 'authorize.grants.redis.url: is missing; write a URL such as redis://host:6379'],
    [redis({ url: 'redis:' }), 'authorize.grants.redis.url: is not a URL of Redis'],
    [
      redis({ url: 'redis://:SECRET@host' }),
      'authorize.grants.redis.url: contains a user name or a password',
    ],
    [redis({ url: 'redis://host/db' }), 'authorize.grants.redis.url: has more than a host, a port'],
    [redis({ url: 'redis://host?a=SECRET' }), 'authorize.grants.redis.url: has more than a host, a port'],
    [redis({ url: 'redis://host', ca: 'ca.pem' }), 'authorize.grants.redis.url: does not use TLS'],
    [redis({ url: 'rediss://host', key: 'k' }), 'authorize.grants.redis: has one of cert and key'],
    [redis({ url: 'redis://host', prefix: '' }), 'authorize.grants.redis.prefix: is not a prefix'],
    [rules({ allow: 'all' }), EVERYONE],
    [rules({ allow: 'all', topics: '#' }), EVERYONE],
    [{ authorize: { rules: [], otherwise: 'allow' } }, EVERYONE],
    [rules({ allow: 'publish', deny: 'publish' }), 'authorize.rules[0]: write either "allow" or "deny"'],
    [
      rules({ allow: 'publish', topics: 'a/#/b' }),
      'authorize.rules[0].topics: "a/#/b" is not a topic filter',
    ],
    [
      rules({ allow: 'publish', topics: '${user}' }),
      'authorize.rules[0].topics: unknown placeholder "${user}"',
    ],
    [
      rules({ allow: 'publish', who: { clientid: { regex: '(a' } } }),
      'authorize.rules[0].who.clientid: /(a/: ',
    ],
    [{ authorize: { sources: [{}] } }, 'authorize.sources[0]: is not one source'],
    [{ decisions: { log: 'some' } }, 'decisions.log: is not one of the choices; write all, denied or off'],
  ])('%j', (config, problem) => {
    const problems = problemsOf(config);
    expect(problems.join('\n')).toContain(problem);
    expect(problems.join('\n')).not.toContain('SECRET');
  });
});

describe('nameMethods', () => {
  it('names methods by their kind, and numbers the second', () => {
    const { authenticate } = Config.parse({
      authenticate: {
        methods: [users, users, { name: 'mine', ...users }, { certificate: { commonName: 'a' } }],
      },
    });
    expect(nameMethods(authenticate?.methods ?? []).map(({ name }) => name)).toEqual([
      'users',
      'users-2',
      'mine',
      'certificate',
    ]);
  });
});

describe('resolvePolicyFiles', () => {
  it('finds every file from where the configuration is', () => {
    const config = Config.parse({
      authenticate: {
        methods: [
          users,
          { jwt: { secret: { file: 's' } } },
          { jwt: { publicKey: { file: 'p' } } },
          { jwt: { jwks: { url: 'https://x/y', ca: 'c', headers: { a: { file: 'jh' } } } } },
          {
            http: {
              url: 'https://x',
              headers: { a: { file: 'h' }, b: 'x', c: { env: 'E' } },
              ca: 'ca',
              cert: 'ce',
              key: 'k',
            },
          },
        ],
      },
      authorize: { sources: [{ mosquitto: 'm' }, { emqx: 'e' }] },
    });
    const found: string[] = [];
    const resolved = resolvePolicyFiles(config, (path) => {
      found.push(path);
      return `/etc/${path}`;
    });
    expect(found).toEqual(
      ['./u.yaml', 's', 'p', 'c', 'ca', 'ce', 'k', 'h', 'jh', 'm', 'e'].sort(
        (a, b) => found.indexOf(a) - found.indexOf(b),
      ),
    );
    expect(found).toHaveLength(11);
    expect(resolved.authenticate?.methods[4]?.http?.headers).toEqual({
      a: { file: '/etc/h' },
      b: 'x',
      c: { env: 'E' },
    });
  });
});

describe('grants in Redis', () => {
  it('have these defaults', () => {
    const { authorize } = Config.parse(redis({ url: 'rediss://redis.example/2' }));
    expect(authorize?.grants.redis).toEqual({
      url: 'rediss://redis.example/2',
      prefix: 'exhook:grants:',
      ttl: 7 * 24 * 3_600_000,
      freshness: 5000,
      timeout: 1000,
    });
  });

  it('find their files from where the configuration is', () => {
    const files = { ca: 'ca', cert: 'ce', key: 'k', password: { file: 'p' } };
    const config = Config.parse(redis({ url: 'rediss://host', ...files }));
    expect(resolvePolicyFiles(config, (path) => `/etc/${path}`).authorize?.grants.redis).toMatchObject({
      ca: '/etc/ca',
      cert: '/etc/ce',
      key: '/etc/k',
      password: { file: '/etc/p' },
    });
    const written = Config.parse(redis({ url: 'redis://host', password: 'as it stands' }));
    expect(resolvePolicyFiles(written, (path) => `/etc/${path}`)).toEqual(written);
  });
});

describe('registeredHooks', () => {
  it.each([
    [method(users), ['client.authenticate: a policy decides logins (authenticate)']],
    [rules(), ['client.authorize: a policy decides topics (authorize)']],
    [{ authorize: { rules: [], mode: 'shadow' } }, ['client.authorize: a policy watches topics (authorize)']],
    [{}, []],
  ])('of %j', (config, hooks) => {
    const parsed = Config.parse({ ...config, events: { stdout: 'off' } });
    expect(registeredHooks(parsed).map(({ name, because }) => `${name}: ${because}`)).toEqual(hooks);
  });
});
