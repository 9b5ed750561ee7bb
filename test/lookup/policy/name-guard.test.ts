/** Rules that rely on names that no login method verifies: the warnings, and what `strict` refuses. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { parseYaml } from '../../../src/config/yaml.ts';
import { createMemoryGrants } from '../../../src/lookup/grants/memory.ts';
import { type OpenPolicy, openPolicy } from '../../../src/lookup/open-policy.ts';
import { noSources } from '../../support/sources.ts';
import { until } from '../../support/until.ts';

const directory = mkdtempSync(join(tmpdir(), 'exhook-names-'));
afterAll(() => rmSync(directory, { recursive: true }));
const fileOf = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

function configOf(config: object) {
  const loaded = loadConfig(noSources, { path: 'exhook.yaml', document: parseYaml(JSON.stringify(config)) });
  if (loaded.config === undefined) throw new Error(loaded.problems?.map(formatProblem).join('\n'));
  return loaded.config;
}

interface Opened {
  readonly policy: OpenPolicy;
  readonly log: string[];
}

async function open(config: object, isDry = true): Promise<Opened> {
  const log: string[] = [];
  const tell = (message: string) => void log.push(message);
  const clocks = { now: Date.now, monotonic: () => performance.now() };
  const policy = await openPolicy(configOf(config), {
    ...clocks,
    env: {},
    log: { info: tell, warn: tell, error: tell },
    grants: createMemoryGrants({ max: 10, ...clocks }),
    random: Math.random,
    isDry,
    onChange: () => {},
  });
  onTestFinished(() => policy.close());
  return { policy, log };
}

const plain = (users: object[]) => ({
  users: { allowPlain: true, list: users.map((user) => ({ password: 'p', ...user })) },
});
const jwt = (options: object = {}) => ({ jwt: { secret: 'x'.repeat(32), ...options } });
const http = (options: object = {}) => ({ http: { url: 'https://auth.example' }, ...options });
const certificate = (options: object) => ({ certificate: options });

const byUsername = { allow: 'all', topics: 'a/${username}/#' };
const byClientId = { allow: 'all', topics: 'a/${clientid}/#' };

const vouchingLines = ({ warnings }: OpenPolicy) =>
  warnings.filter((line) => line.includes('does not vouch for'));

/** The names in the rules of a policy with these methods that are not verified. */
async function unvouched(methods: object[], more: object = {}): Promise<string[]> {
  const { policy } = await open({
    authenticate: { methods, ...more },
    authorize: { rules: [byUsername, byClientId] },
  });
  return vouchingLines(policy).map((line) => /vouch for the (user name|client id)/.exec(line)?.[1] ?? '');
}

describe('a login method', () => {
  it.each<[string, object, string[]]>([
    ['users with both names', plain([{ username: 'u', clientid: 'c' }]), []],
    ['users with user names', plain([{ username: 'u' }, { username: 'v', clientid: 'c' }]), ['client id']],
    ['users with client ids', plain([{ clientid: 'c' }, { username: 'v', clientid: 'd' }]), ['user name']],
    ['users of both kinds', plain([{ clientid: 'c' }, { username: 'v' }]), ['user name', 'client id']],
    ['jwt without claims', jwt(), ['user name', 'client id']],
    ['jwt for client ids', jwt({ claims: { sub: '${clientid}' } }), ['user name']],
    ['jwt for client ids of a form', jwt({ claims: { sub: 'd-${clientid}' } }), ['user name']],
    ['jwt for both', jwt({ claims: { sub: '${clientid}', name: '${username}' } }), []],
    [
      'jwt for both in one text',
      jwt({ claims: { sub: '${clientid}/${username}' } }),
      ['user name', 'client id'],
    ],
    ['jwt with a fixed claim', jwt({ claims: { scope: 'mqtt' } }), ['user name', 'client id']],
    ['jwt that is the user name', jwt({ from: 'username' }), ['client id']],
    ['certificate with a pattern', certificate({ commonName: { like: 'd-*' } }), ['user name', 'client id']],
    ['certificate for client ids', certificate({ commonName: '${clientid}' }), ['user name']],
    [
      'certificate for client ids, or a gateway',
      certificate({ commonName: ['${clientid}', 'gateway'] }),
      ['user name', 'client id'],
    ],
    [
      'certificate with a subject',
      certificate({ commonName: 'x', subject: 'CN=${username}' }),
      ['client id'],
    ],
    ['http', http(), ['user name', 'client id']],
    ['http that declares', http({ vouchesFor: ['username', 'clientid'] }), []],
    ['anonymous', { anonymous: { who: { address: '10.0.0.0/8' } } }, ['client id']],
    ['jwt that declares', { ...jwt(), vouchesFor: ['clientid'] }, ['user name']],
  ])('%s does not vouch for: %o', async (_, method, names) => {
    expect((await unvouched([method])).sort()).toEqual([...names].sort());
  });

  it('is one of those that must vouch, as is what admits without one', async () => {
    const good = plain([{ username: 'u', clientid: 'c' }]);
    expect(await unvouched([good, http({ vouchesFor: ['username'] })])).toEqual(['client id']);
    const open = { otherwise: 'allow', iKnowThisAllowsEveryone: true };
    expect(await unvouched([good], open)).toHaveLength(2);
    expect(await unvouched([good], { onError: 'allow' })).toHaveLength(2);
    expect(await unvouched([good], { onError: 'ignore' })).toHaveLength(2);
    expect(await unvouched([good], { mode: 'shadow' })).toHaveLength(2);
  });
});

describe('without strict', () => {
  it('a rule is warned of with its place, its name and the method', async () => {
    const { policy } = await open({
      authenticate: { methods: [{ name: 'staff', ...plain([{ clientid: 'pump-1' }]) }] },
      authorize: { rules: [byClientId, { name: 'admins', allow: 'all', who: { username: 'admin' } }] },
    });
    expect(policy.warnings).toContain(
      'authorize.rules[1]: rule "admins" uses who.username, but authenticate method staff does not vouch for the user name: clients can choose it; give each of its users a username',
    );
    expect(policy.warnings.join()).not.toContain('rules[0]');
  });

  it('rules on messages, conditions, ACL files and targets are warned of', async () => {
    const acl = fileOf('mosquitto.acl', 'user admin\ntopic readwrite #\n');
    const { policy } = await open({
      authenticate: { methods: [plain([{ clientid: 'pump-1' }])] },
      authorize: {
        rules: [{ allow: 'all', topics: 'a', when: 'username == "admin"' }],
        sources: [{ mosquitto: acl }],
      },
      publish: {
        rules: [
          { name: 'sign', set: { payload: { by: '${username}' } }, decode: 'json', encode: 'json' },
          { name: 'if', when: 'username == "admin"', drop: true },
        ],
      },
      sinks: { out: { nats: { servers: ['nats://127.0.0.1:1'] } } },
      events: { routes: [{ hooks: ['message.publish'], to: 'out', shape: { subject: 'by.${username}' } }] },
    });
    const told = vouchingLines(policy).map((line) =>
      /^(.*?) uses (.*?), but/.exec(line)?.slice(1).join(' | '),
    );
    expect(told).toEqual([
      'authorize.rules[0]: rule "rule 1" | username in when',
      'authorize.sources: rule "mosquitto.acl:2" | who.username',
      'publish.rules[0]: rule "sign" | ${username}',
      'publish.rules[1]: rule "if" | username in when',
      'events.routes[0].shape: the target | ${username}',
    ]);
  });

  it('a file of a thousand such rules gives a few lines', async () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `user u${i}\ntopic read a/${i}`);
    const { policy } = await open({
      authenticate: { methods: [plain([{ clientid: 'pump-1' }])] },
      authorize: { sources: [{ mosquitto: fileOf('many.acl', lines.join('\n')) }] },
    });
    expect(vouchingLines(policy)).toHaveLength(20);
    expect(policy.warnings.at(-1)).toBe('authorize: 980 more rules use the user name in the same way');
  });

  it('nothing is said when the broker decides about logins', async () => {
    expect(vouchingLines((await open({ authorize: { rules: [byUsername, byClientId] } })).policy)).toEqual(
      [],
    );
  });

  it('a changed users file is warned of, and its users are admitted', async () => {
    const users = fileOf('loose.json', JSON.stringify([{ username: 'u', clientid: 'c', password: 'p' }]));
    const { policy, log } = await open(
      {
        authenticate: { methods: [{ users: { file: users, allowPlain: true } }] },
        authorize: { rules: [byClientId] },
      },
      false,
    );
    writeFileSync(users, JSON.stringify([{ username: 'v', password: 'p' }]));
    await until('the file', () => log.some((line) => line.includes('was reloaded')));
    expect(log.some((line) => line.startsWith('authorize.rules[0]: rule "rule 1" uses ${clientid}'))).toBe(
      true,
    );
    expect(await login(policy, { username: 'v' })).toMatchObject({ result: 'allow' });
  });
});

async function login(policy: OpenPolicy, names: object) {
  const client = { username: '', clientid: 'x', password: 'p', peerhost: '', cn: '', dn: '', ...names };
  const { signal } = new AbortController();
  return await policy.lookups['authenticate/users']?.({ kind: 'authenticate/users', client }, { signal });
}

describe('with strict', () => {
  it('such rules are refused, each with its place', async () => {
    const acl = fileOf('strict.acl', 'user admin\ntopic readwrite #\n');
    const opened = open({
      authenticate: { methods: [plain([{ clientid: 'pump-1' }])] },
      authorize: { strict: true, rules: [byClientId, byUsername], sources: [{ mosquitto: acl }] },
      publish: { rules: [{ who: { username: 'a' }, drop: true }] },
    });
    const error = (await opened.then(
      () => undefined,
      (reason: Error) => reason,
    )) as Error;
    expect(error.message.split('\n').map((line) => line.split(': rule')[0])).toEqual([
      'authorize.rules[1]',
      'authorize.sources',
      'publish.rules[0]',
    ]);
  });

  it('rules on names that are vouched for are in force', async () => {
    const { policy } = await open({
      authenticate: { methods: [plain([{ username: 'u', clientid: 'c' }])] },
      authorize: { strict: true, rules: [byClientId, byUsername] },
    });
    expect(policy.warnings.filter((line) => line.includes('vouch'))).toEqual([]);
    expect(await login(policy, { username: 'u', clientid: 'c' })).toMatchObject({ result: 'allow' });
  });

  it('a user that a changed file leaves without such a name is not admitted', async () => {
    const users = fileOf('users.json', JSON.stringify([{ username: 'u', clientid: 'c', password: 'p' }]));
    const { policy, log } = await open(
      {
        authenticate: { methods: [{ users: { file: users, allowPlain: true } }] },
        authorize: { strict: true, rules: [byClientId] },
      },
      false,
    );
    const next = [
      { username: 'u', clientid: 'c', password: 'p' },
      { username: 'v', password: 'p' },
    ];
    writeFileSync(users, JSON.stringify(next));
    await until('the file', () => log.some((line) => line.includes('was reloaded')));
    expect(await login(policy, { username: 'u', clientid: 'c' })).toMatchObject({ result: 'allow' });
    expect(await login(policy, { username: 'v', clientid: 'victim' })).toEqual({
      result: 'deny',
      reason: 'no login method vouches for its client id, which rules rely on (authorize.strict)',
    });
    expect(log.some((line) => line.includes('does not vouch for the client id'))).toBe(true);
  });

  it('a token whose grants rely on such a name is refused', async () => {
    const { policy } = await open({
      authenticate: { methods: [jwt({ from: 'username', requireExpiry: false })] },
      authorize: { strict: true, rules: [byUsername] },
    });
    const ask = async (acl: unknown) => {
      const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
      const text = `${encode({ alg: 'HS256' })}.${encode({ acl })}`;
      const signature = createHmac('sha256', 'x'.repeat(32)).update(text).digest('base64url');
      const client = {
        username: `${text}.${signature}`,
        clientid: 'x',
        password: '',
        peerhost: '',
        cn: '',
        dn: '',
      };
      const { signal } = new AbortController();
      const kind = 'authenticate/jwt';
      return await policy.lookups[kind]?.({ kind, client }, { signal });
    };
    expect(await ask({ pub: ['a/b', 'a/${username}'] })).toMatchObject({ result: 'allow' });
    expect(await ask({ pub: ['a/b', 'a/${clientid}'] })).toEqual({
      result: 'deny',
      reason:
        'cannot use the grants: acl.pub[1] relies on the client id, which no login method vouches for (authorize.strict)',
    });
    expect(await ask([{ permission: 'allow', action: 'all', topic: 'a', clientid_re: '^v' }])).toMatchObject({
      result: 'deny',
    });
  });

  it('a changed ACL file with such a rule is not taken', async () => {
    const acl = fileOf('changing.acl', 'pattern readwrite a/%c\n');
    const { policy, log } = await open(
      {
        authenticate: { methods: [plain([{ clientid: 'c' }])] },
        authorize: { strict: true, sources: [{ mosquitto: acl }] },
      },
      false,
    );
    const before = policy.rules;
    writeFileSync(acl, 'pattern readwrite a/%u\n');
    await until('the file', () => log.some((line) => line.includes('the previous rules stay in effect')));
    expect(policy.rules).toBe(before);
    expect(log.join('\n')).toContain('authenticate method users does not vouch for the user name');
  });
});
