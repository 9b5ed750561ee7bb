/** One row per trap: the setup, and the findings. */
import { describe, expect, it } from 'vitest';
import { fetchBrokerFacts } from '../../src/emqx/broker-facts.ts';
import { diagnose } from '../../src/emqx/checks/index.ts';
import { openEmqxClient } from '../../src/emqx/client.ts';
import type { OwnFacts } from '../../src/emqx/own-facts.ts';
import { aBroker, aServer, type FakeServer, type FakeState, KEY, SECRET } from './fake-emqx.ts';

const hook = (name: string, topics: string[] = [], calls?: [number, number]) => ({
  name,
  params: topics.length === 0 ? {} : { topics },
  ...(calls && { calls }),
});
const registered = (name: OwnFacts['hooks'][number]['name'], topics: string[] = []) => ({
  name,
  topics,
  because: '',
});

const own = (more: Partial<OwnFacts> = {}): OwnFacts => ({
  port: 9000,
  isTls: false,
  wantsCertificate: false,
  hooks: [registered('client.connected')],
  decidesLogins: false,
  decidesTopics: false,
  bodyTimeout: 10_000,
  drainTimeout: 9000,
  deadlineFraction: 0.8,
  slowest: undefined,
  ...more,
});
/** Decides about logins and topics. */
const strict = own({
  hooks: [registered('client.authenticate'), registered('client.authorize')],
  decidesLogins: true,
  decidesTopics: true,
});

const connected = (server: Partial<FakeServer> = {}): Partial<FakeState> => ({
  servers: [aServer(server)],
  hooks: { 'exhook-edge': [hook('client.connected')] },
});
const guard = {
  id: 'password_based:built_in_database',
  mechanism: 'password_based',
  backend: 'built_in_database',
  enable: true,
};
const deciding = (more: Partial<FakeState> = {}): Partial<FakeState> => ({
  servers: [aServer()],
  hooks: { 'exhook-edge': [hook('client.authenticate'), hook('client.authorize')] },
  authenticators: [guard],
  ...more,
});
const release = (version: string): Partial<FakeState> => ({
  ...connected(),
  nodes: [{ node: 'emqx@10.0.0.1', node_status: 'running', version }],
});
const fileSource = (rules: string) => ({ type: 'file', enable: true, rules, path: 'data/authz/acl.conf' });

async function idsFor(
  state: Partial<FakeState>,
  facts: OwnFacts | undefined,
  name?: string,
): Promise<string[]> {
  const { url } = await aBroker(state);
  const client = await openEmqxClient({ url: new URL(url), key: KEY, secret: SECRET });
  try {
    return diagnose({ broker: await fetchBrokerFacts(client, name), own: facts }).map(({ id }) => id);
  } finally {
    client.close();
  }
}

/** The acl.conf that comes with EMQX. */
const SHIPPED = `
%% -type(ipaddr() :: {ipaddr, string()}).
{allow, {username, {re, "^dashboard$"}}, subscribe, ["$SYS/#"]}.
{allow, {ipaddr, "127.0.0.1"}, all, ["$SYS/#", "#"]}.
{deny, all, subscribe, ["$SYS/#", {eq, "#"}, {eq, "+/#"}]}.
{allow, all}.
`;

describe('exhook doctor', () => {
  it.each<[string, Partial<FakeState>, OwnFacts | undefined, string[]]>([
    ['a broker that calls this server as it should', connected(), own(), []],
    ['a broker that leaves the decisions to this server', deciding(), strict, []],

    ['a broker without ExHook servers', {}, own(), ['not-registered']],
    [
      'a broker with several servers of other names',
      {
        servers: [
          aServer({ name: 'a', failed_action: 'ignore' }),
          aServer({ name: 'b', failed_action: 'ignore' }),
        ],
      },
      own(),
      ['unknown-name', 'several-servers'],
    ],
    ['a server of another name that is the only one', connected({ name: 'exhook-edge' }), own(), []],
    ['a server that is disabled', connected({ enable: false }), own(), ['disabled', 'keeps-hooks']],
    [
      'a server that is not connected',
      { ...connected(), status: { 'exhook-edge': 'disconnected' } },
      own(),
      ['disconnected'],
    ],
    [
      'a server that is being connected',
      { ...connected(), status: { 'exhook-edge': 'connecting' } },
      own(),
      ['disconnected'],
    ],
    [
      'a server that is never tried again',
      { ...connected({ auto_reconnect: false }), status: { 'exhook-edge': 'error' } },
      own(),
      ['disconnected', 'never-reconnects'],
    ],
    ['a server that is tried again late', connected({ auto_reconnect: '10m' }), own(), ['slow-reconnect']],

    ['a URL without scheme', connected({ url: 'exhook.example:9000' }), own(), ['bad-scheme']],
    ['a URL with another scheme', connected({ url: 'grpc://exhook.example:9000' }), own(), ['bad-scheme']],
    ['a URL without port', connected({ url: 'http://exhook.example' }), own(), ['no-port']],
    [
      'a URL with the port that belongs to its scheme',
      connected({ url: 'http://exhook.example:80' }),
      own({ port: 80 }),
      [],
    ],
    ['an IPv6 address', connected({ url: 'http://[fd00::1]:9000' }), own(), []],
    ['another port on the same machine', connected({ url: 'http://127.0.0.1:9001' }), own(), ['other-port']],
    ['another port elsewhere', connected({ url: 'http://exhook.example:443' }), own(), ['other-port']],
    ['http:// to a server with TLS', connected(), own({ isTls: true }), ['wrong-scheme']],
    [
      'https:// to a server without TLS',
      connected({ url: 'https://exhook.example:9000', ssl: { enable: true, verify: 'verify_peer' } }),
      own(),
      ['wrong-scheme'],
    ],
    [
      'https:// without certificates',
      connected({ url: 'https://exhook.example:9000', ssl: { enable: false } }),
      own({ isTls: true }),
      ['ssl-off'],
    ],
    [
      'a certificate that nobody verifies',
      connected({ url: 'https://exhook.example:9000', ssl: { enable: true, verify: 'verify_none' } }),
      own({ isTls: true }),
      ['unverified'],
    ],
    [
      'a loopback address for a cluster',
      {
        ...connected({ url: 'http://localhost:9000' }),
        nodes: ['a', 'b'].map((node) => ({ node, node_status: 'running', version: '6.2.0' })),
      },
      own(),
      ['loopback'],
    ],
    ['a URL with a path', connected({ url: 'http://exhook.example:9000/exhook' }), own(), ['ignored-path']],

    ['a broker that took no hook', { ...connected(), hooks: {} }, own(), ['no-hooks']],
    [
      'hooks that the broker did not take',
      connected(),
      own({ hooks: [registered('client.connected'), registered('session.created')] }),
      ['missing-hooks'],
    ],
    ...['6.2.0', '6.3.0-beta.2'].map((version): [string, Partial<FakeState>, OwnFacts, string[]] => [
      `message.ingress, which EMQX ${version} cannot be asked for`,
      { ...release(version), hooks: { 'exhook-edge': [hook('message.publish')] } },
      own({ hooks: [registered('message.ingress'), registered('message.publish')] }),
      [],
    ]),
    [
      'message.ingress, which EMQX 6.3.0 did not take',
      { ...release('6.3.0'), hooks: { 'exhook-edge': [hook('message.publish')] } },
      own({ hooks: [registered('message.ingress'), registered('message.publish')] }),
      ['missing-hooks'],
    ],
    [
      'message.ingress, which a node that is not yet updated cannot be asked for',
      {
        ...release('6.3.0'),
        hooks: { 'exhook-edge': [hook('message.publish')] },
        nodes: [
          { node: 'emqx@10.0.0.1', node_status: 'running', version: '6.2.0' },
          { node: 'emqx@10.0.0.2', node_status: 'running', version: '6.3.0' },
        ],
      },
      own({ hooks: [registered('message.ingress'), registered('message.publish')] }),
      ['mixed-releases'],
    ],
    [
      'hooks that nobody asked for any more',
      { ...connected(), hooks: { 'exhook-edge': [hook('client.connected'), hook('message.publish')] } },
      own(),
      ['extra-hooks'],
    ],
    [
      'other topics than configured',
      { ...connected(), hooks: { 'exhook-edge': [hook('message.publish', ['a/#'])] } },
      own({ hooks: [registered('message.publish', ['b/#'])] }),
      ['other-topics'],
    ],
    [
      'the same topics in another order',
      { ...connected(), hooks: { 'exhook-edge': [hook('message.publish', ['b', 'a'])] } },
      own({ hooks: [registered('message.publish', ['a', 'b'])] }),
      [],
    ],
    [
      'every topic, written in another way',
      { ...connected(), hooks: { 'exhook-edge': [hook('message.publish', ['#'])] } },
      own({ hooks: [registered('message.publish')] }),
      [],
    ],
    [
      'calls that fail',
      { ...connected(), hooks: { 'exhook-edge': [hook('client.connected', [], [90, 10])] } },
      own(),
      ['failing-calls'],
    ],
    [
      'logins without a single question about a topic',
      deciding({
        hooks: {
          'exhook-edge': [hook('client.authenticate', [], [50, 0]), hook('client.authorize', [], [0, 0])],
        },
      }),
      strict,
      ['never-authorizes'],
    ],

    [
      'the acl.conf that comes with EMQX',
      deciding({ sources: [fileSource(SHIPPED)] }),
      strict,
      ['allow-all'],
    ],
    [
      'an acl.conf with conditions that ExHook does not tell, and a last rule for all',
      deciding({ sources: [fileSource('{allow, {zone, "a"}, all, ["a"]}.\n{allow, all}. % everybody\n')] }),
      strict,
      ['allow-all'],
    ],
    [
      'an acl.conf whose last rule is a comment',
      deciding({ sources: [fileSource('{deny, {zone, "a"}, all, ["a"]}.\n% {allow, all}.\n')] }),
      strict,
      ['answers-before'],
    ],
    [
      'an acl.conf that is narrow',
      deciding({ sources: [fileSource('{deny, all, all, ["secret/#"]}.')] }),
      strict,
      ['answers-before'],
    ],
    [
      'a database that answers before',
      deciding({ sources: [{ type: 'postgresql', enable: true }] }),
      strict,
      ['answers-before'],
    ],
    ['a source that is off', deciding({ sources: [{ ...fileSource(SHIPPED), enable: false }] }), strict, []],
    [
      'the shipped acl.conf where only events are of interest',
      { ...connected(), sources: [fileSource(SHIPPED)] },
      own(),
      [],
    ],
    [
      'topics that are allowed when nobody decides',
      deciding({ settings: { no_match: 'allow', deny_action: 'ignore' } }),
      strict,
      ['no-match-allows'],
    ],
    [
      'answers that the broker remembers',
      deciding({ settings: { no_match: 'deny', cache: { enable: true, ttl: '1m' } } }),
      strict,
      ['cached-verdicts'],
    ],

    [
      'a guard that refuses clients without a password, whom the policy may admit',
      deciding({}),
      { ...strict, admitsWithoutPassword: 'authenticate.methods[0].anonymous' },
      ['guard-refuses-first'],
    ],
    [
      'a guard whose precondition keeps it out of the way',
      deciding({ authenticators: [{ ...guard, precondition: 'str_eq(1,2)' }] }),
      { ...strict, admitsWithoutPassword: 'authenticate.methods[0].anonymous' },
      [],
    ],
    ['a guard where every client has a password', deciding({}), strict, []],

    [
      'message rules that clients can get around',
      connected(),
      own({ judgesMessagesAt: 'publish' }),
      ['unjudged-messages'],
    ],
    [
      'message rules at ingress on a release that has it',
      release('6.3.0'),
      own({ judgesMessagesAt: 'auto' }),
      [],
    ],
    [
      'message rules at ingress that fail open',
      {
        ...release('6.3.0'),
        ...connected({ failed_action: 'ignore' }),
        nodes: [{ node: 'a', node_status: 'running', version: '6.3.0' }],
      },
      own({ judgesMessagesAt: 'auto' }),
      ['fails-open', 'unjudged-messages'],
    ],
    [
      'events that are safe before a message is acknowledged, failing open',
      { ...release('6.3.0'), servers: [aServer({ failed_action: 'ignore' })] },
      own({ withholdsAcknowledgements: true }),
      ['fails-open'],
    ],
    ...(['6.3.0-beta.2', '6.3.0-rc.1'] as const).map(
      (version): [string, Partial<FakeState>, OwnFacts, string[]] => [
        `message rules at ingress on ${version}, which lacks it`,
        release(version),
        own({ judgesMessagesAt: 'auto', ingress: 'auto' }),
        ['unjudged-messages'],
      ],
    ),
    [
      'message rules at ingress that no broker is asked for',
      release('6.3.0'),
      own({ judgesMessagesAt: 'auto', ingress: 'never' }),
      ['unjudged-messages'],
    ],
    [
      'message rules at ingress where a node has no such callback',
      release('6.2.0'),
      own({ judgesMessagesAt: 'ingress', ingress: 'auto' }),
      ['unjudged-messages', 'no-ingress'],
    ],
    [
      'message rules at ingress, or where there is none at publish',
      release('6.2.0'),
      own({ judgesMessagesAt: 'auto', ingress: 'auto' }),
      ['unjudged-messages'],
    ],
    [
      'message rules at ingress of a build that has it under another version',
      release('6.3.0-beta.2'),
      own({ judgesMessagesAt: 'ingress', ingress: 'always' }),
      [],
    ],
    [
      'topics of message.publish on a release that may run hardened',
      { ...release('6.3.0'), hooks: { 'exhook-edge': [hook('message.publish', ['a/#'])] } },
      own({ hooks: [registered('message.publish', ['a/#'])] }),
      ['hardened-profile'],
    ],

    ['no authenticator that refuses at boot', deciding({ authenticators: [] }), strict, ['open-at-boot']],
    [
      'an authenticator that is off',
      deciding({ authenticators: [{ ...guard, enable: false }] }),
      strict,
      ['open-at-boot'],
    ],
    [
      'an authenticator that decides before',
      deciding({ authenticators: [guard, { id: 'jwt', mechanism: 'jwt', enable: true }] }),
      strict,
      ['decides-before'],
    ],
    [
      'users in the database that is to guard',
      deciding({ users: [{ user_id: 'a' }] }),
      strict,
      ['built-in-users'],
    ],

    [
      'a decision that fails open',
      deciding({ servers: [aServer({ failed_action: 'ignore' })] }),
      strict,
      ['fails-open'],
    ],
    ['events only, failing open', connected({ failed_action: 'ignore' }), own(), []],
    [
      'a second server that refuses everybody, since it registered no logins',
      deciding({
        servers: [aServer({ name: 'events', failed_action: 'deny' }), aServer()],
        hooks: {
          'exhook-edge': [hook('client.authenticate'), hook('client.authorize')],
          events: [hook('client.connected')],
        },
      }),
      strict,
      ['refuses-for-others', 'several-servers'],
    ],
    [
      'a second server that stands behind the one with the verdicts',
      deciding({
        servers: [aServer({ name: 'exhook-edge' }), aServer({ name: 'events', failed_action: 'deny' })],
        hooks: {
          'exhook-edge': [hook('client.authenticate'), hook('client.authorize')],
          events: [hook('client.connected')],
        },
      }),
      strict,
      ['several-servers'],
    ],
    [
      'a second server before one that registered message.ingress, which refuses every publish',
      {
        servers: [aServer({ name: 'events', failed_action: 'deny' }), aServer()],
        hooks: { events: [hook('client.connected')], 'exhook-edge': [hook('message.ingress')] },
      },
      undefined,
      ['refuses-for-others', 'several-servers', 'no-configuration'],
    ],
    [
      'a second server that is ignored when it fails',
      deciding({
        servers: [aServer(), aServer({ name: 'events', failed_action: 'ignore' })],
        hooks: {
          'exhook-edge': [hook('client.authenticate'), hook('client.authorize')],
          events: [hook('client.connected')],
        },
      }),
      strict,
      ['several-servers'],
    ],

    ['a short timeout', connected({ request_timeout: '500ms' }), own(), ['short-timeout']],
    [
      'a long timeout',
      connected({ request_timeout: '1m' }),
      own({ bodyTimeout: 120_000, drainTimeout: 90_000 }),
      ['long-timeout'],
    ],
    [
      'a service that may take longer than the answer',
      connected(),
      own({ slowest: { what: 'authenticate.methods[0].http.timeout', timeout: 5000 } }),
      ['slow-lookup'],
    ],
    [
      'a body timeout below that of the broker',
      connected(),
      own({ bodyTimeout: 3000 }),
      ['short-body-timeout'],
    ],
    ['a drain that is shorter than a call', connected(), own({ drainTimeout: 3000 }), ['short-drain']],

    [
      'a release that asks ExHook after a refusal',
      release('5.0.13'),
      own(),
      ['auth-bypass', 'old-grpc-client', 'loses-calls-on-goaway', 'hooks-read-once'],
    ],
    [
      'release 5.3',
      release('5.3.2'),
      own(),
      ['loses-calls-on-goaway', 'no-unsubscribe-filters', 'hooks-read-once'],
    ],
    ['release 5.8', release('5.8.6'), own(), ['hooks-read-once']],
    ['release 5.10', release('5.10.3'), own(), ['calls-twice']],
    ['release 6.0.2', release('6.0.2'), own(), ['calls-twice']],
    ['release 6.0.3', release('6.0.3'), own(), []],
    ['release 6.1.1', release('6.1.1'), own(), ['calls-twice']],
    ['release 6.1.2', release('6.1.2-rc.1'), own(), []],
    [
      'a release whose authenticators guard nothing',
      deciding({ nodes: [{ node: 'a', node_status: 'running', version: '5.0.9' }] }),
      strict,
      ['no-guard', 'old-grpc-client', 'loses-calls-on-goaway', 'hooks-read-once'],
    ],
    [
      'nodes of different releases, one of which is stopped',
      {
        ...connected(),
        nodes: [
          { node: 'a', node_status: 'running', version: '6.2.0' },
          { node: 'b', node_status: 'stopped', version: '6.2.1' },
        ],
      },
      own(),
      ['node-stopped', 'mixed-releases'],
    ],

    ['a configuration that was not given', connected(), undefined, ['no-configuration']],
    [
      'what this key may not read',
      { ...deciding(), forbidden: ['/authorization/sources', '/authentication'] },
      strict,
      ['not-looked-at', 'not-looked-at'],
    ],
  ])('finds %s', async (_name, state, facts, ids) => {
    expect(await idsFor(state, facts)).toStrictEqual(ids);
  });

  it("derives what is decided here from the broker's hooks, without a configuration", async () => {
    const state = deciding({ sources: [fileSource(SHIPPED)], authenticators: [] });
    expect(await idsFor(state, undefined)).toStrictEqual(['allow-all', 'open-at-boot', 'no-configuration']);
  });

  it('calls a node connected that has called within the last minute, whatever the broker says', async () => {
    const { url } = await aBroker({ ...connected(), status: { 'exhook-edge': 'disconnected' } });
    const client = await openEmqxClient({ url: new URL(url), key: KEY, secret: SECRET });
    const broker = await fetchBrokerFacts(client);
    client.close();
    const found = (callers: string[]) =>
      diagnose({ broker, own: own(), callers: new Set(callers) }).map(
        ({ id, severity }) => `${severity} ${id}`,
      );
    expect(found([])).toStrictEqual(['error disconnected']);
    expect(found(['emqx@10.0.0.1'])).toStrictEqual(['note reconnects']);
  });

  it.each([
    [{ missing: ['client.authenticate'], extra: [], otherTopics: [] }, 'error outdated-list'],
    [{ missing: [], extra: ['client.connect'], otherTopics: [] }, 'warning outdated-list'],
  ])('says that the calls of a node show another list of hooks: %j', async (difference, expected) => {
    const outdated = new Map([['emqx@10.0.0.1', difference]]);
    const found = async (facts: OwnFacts) => {
      const { url } = await aBroker(connected());
      const client = await openEmqxClient({ url: new URL(url), key: KEY, secret: SECRET });
      const broker = await fetchBrokerFacts(client);
      client.close();
      return diagnose({ broker, own: facts, outdated }).map(({ id, severity }) => `${severity} ${id}`);
    };
    expect(await found(own())).toStrictEqual([expected]);
    // The API's own answer says more.
    expect(await found(own({ hooks: [registered('session.created')] }))).toStrictEqual([
      'warning missing-hooks',
      'warning extra-hooks',
    ]);
  });

  it('looks at the server that is named', async () => {
    const servers = [aServer({ name: 'a', failed_action: 'ignore' }), aServer({ name: 'b', enable: false })];
    expect(await idsFor({ servers }, own(), 'b')).toStrictEqual(['disabled', 'keeps-hooks']);
  });
});

describe('every finding', () => {
  it('says what, why and what to do, and has an id for scripts', async () => {
    const { url } = await aBroker({
      servers: [
        aServer({
          url: 'https://user:hunter2@exhook.example',
          failed_action: 'ignore',
          auto_reconnect: false,
        }),
      ],
      status: { 'exhook-edge': 'disconnected' },
      sources: [fileSource(SHIPPED)],
      settings: { no_match: 'allow' },
      nodes: [{ node: 'a', node_status: 'running', version: '5.0.9' }],
    });
    const client = await openEmqxClient({ url: new URL(url), key: KEY, secret: SECRET });
    const findings = diagnose({ broker: await fetchBrokerFacts(client), own: strict });
    client.close();
    expect(findings.length).toBeGreaterThan(8);
    for (const { id, what, why, fix } of findings) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      for (const text of [what, why, fix]) {
        expect(text.length).toBeGreaterThan(10);
        expect(text).not.toMatch(/hunter2|undefined|\.$/);
      }
    }
    const severities = findings.map(({ severity }) => severity);
    expect(severities).toStrictEqual([...severities].sort((a, b) => rank(a) - rank(b)));
  });
});

const rank = (severity: string) => ['error', 'warning', 'note'].indexOf(severity);
