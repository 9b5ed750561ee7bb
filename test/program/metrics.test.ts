/** Metrics and admin pages of the built server, over the wire, alone and with several workers. */
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import jsonwebtoken from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { findRpc } from '../../src/protocol/wire/rpc.ts';
import { check } from '../support/check.ts';
import { type RecordedCall, readRecording } from '../support/recordings.ts';
import { aBroker } from './support/broker.ts';
import { login, publish, subscribe } from './support/policy.ts';
import {
  hurried,
  type RunningServer,
  run,
  startServer,
  temporaryDirectory,
  temporaryFile,
} from './support/program.ts';

/** Of tokens of clients. */
const SECRET = 'a secret of thirty-two bytes or so';
const TOKEN = 's3cret-t0ken';
const lives = { 'emqx-5.3.2': readRecording('emqx-5.3.2'), 'emqx-5.10.3': readRecording('emqx-5.10.3') };

/** Samples by name and labels, as they are written: `exhook_shed_total` -> 0. */
type Samples = ReadonlyMap<string, number>;

interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

function readSamples(text: string): Samples {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const [, name = '', value] = /^(.*) (\S+)$/.exec(line) ?? [];
      return [name, Number(value)];
    }),
  );
}

class Pages {
  readonly #url: string;
  constructor(url: string) {
    this.#url = url;
  }

  get(path: string, token: string = TOKEN, { headers, signal }: GetOptions = {}): Promise<Response> {
    const authorization = token === '' ? undefined : { authorization: `Bearer ${token}` };
    return fetch(`${this.#url}${path}`, {
      headers: { ...headers, ...authorization },
      ...(signal && { signal }),
    });
  }

  async json<T>(path: string): Promise<T> {
    return (await (await this.get(path)).json()) as T;
  }

  async scrape(headers: Record<string, string> = {}): Promise<Samples> {
    return readSamples(await (await this.get('/metrics', TOKEN, { headers })).text());
  }

  /** Asks until a worker answers: the kernel may pass a connection to a silent one. */
  async untilAnswered(): Promise<Samples> {
    for (;;) {
      const options = { headers: { connection: 'close' }, signal: AbortSignal.timeout(5_000) };
      const text = await this.get('/metrics', TOKEN, options).then(
        (response) => response.text(),
        () => undefined,
      );
      if (text !== undefined) return readSamples(text);
    }
  }

  /** Waits until the metrics are as they should be. */
  async until(isSo: (samples: Samples) => boolean): Promise<Samples> {
    for (;;) {
      const samples = await this.scrape();
      if (isSo(samples)) return samples;
      await sleep(50);
    }
  }
}

/** The pages on the port of brokers. */
async function startShared(args: string[] = []): Promise<[RunningServer, Pages]> {
  const admin = { EXHOOK_ADMIN_PORT: 'shared', EXHOOK_ADMIN_TOKEN: TOKEN };
  const server = await startServer(['--events-stdout', 'off', ...args], { env: admin });
  await server.logged(/^admin pages are on the brokers' port, for anyone with the token$/);
  return [server, new Pages(server.url)];
}

async function startWithAdmin(args: string[] = [], env: object = {}): Promise<[RunningServer, Pages]> {
  const admin = { ...env, EXHOOK_ADMIN_PORT: '0', EXHOOK_ADMIN_TOKEN: TOKEN };
  const server = await startServer(['--events-stdout', 'off', ...args], { env: admin });
  const { message } = await server.logged(/^admin pages are at /);
  return [server, new Pages(message.slice('admin pages are at '.length))];
}

const sumOf = (samples: Samples, name: string): number =>
  [...samples].filter(([key]) => key.startsWith(`${name}{`)).reduce((sum, [, value]) => sum + value, 0);

/** How often a hook was called, and in which version, according to the recording. */
function countByHook(life: readonly RecordedCall[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { path } of life) {
    const { hook, version } = findRpc(path) ?? {};
    const key = `${hook} ${version}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function countedByHook(samples: Samples): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [key, value] of samples) {
    const [, hook, version] = /^exhook_calls_total\{hook="(.*?)",version="(.*?)"/.exec(key) ?? [];
    if (hook !== undefined) counts[`${hook} ${version}`] = (counts[`${hook} ${version}`] ?? 0) + value;
  }
  return counts;
}

async function live(url: string, life: readonly RecordedCall[]): Promise<void> {
  const broker = aBroker(url);
  for (const call of life) await broker.send(call);
}

describe('a server with admin pages', () => {
  it.each(Object.entries(lives))('counts the life of %s call by call', async (name, life) => {
    const [server, pages] = await startWithAdmin();
    await live(server.url, life);
    const samples = await pages.scrape();
    expect(sumOf(samples, 'exhook_calls_total')).toBe(name === 'emqx-5.10.3' ? 171 : 169);
    expect(countedByHook(samples)).toStrictEqual(countByHook(life));
    expect(sumOf(samples, 'exhook_call_duration_seconds_count')).toBe(life.length);
    expect(
      [...samples.keys()].filter((key) =>
        /^exhook_calls_total.*outcome="(?!observed|pass|loaded|deny)/.test(key),
      ),
    ).toStrictEqual([]);
    expect(samples.get('exhook_connections')).toBe(1);
    expect(samples.get('exhook_draining')).toBe(0);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
  });

  it('counts the decisions of policies, and the cost of their look-ups', async () => {
    const config = {
      authenticate: {
        methods: [
          { users: { allowPlain: true, list: [{ username: 'u', password: 'p' }] } },
          { jwt: { secret: SECRET, requireExpiry: false } },
        ],
        cache: {},
        limiter: { perClientId: { burst: 1, refill: '1h' } },
      },
      authorize: {
        mode: 'shadow',
        rules: [{ name: 'own', allow: 'publish', topics: 'own' }, { deny: 'subscribe' }],
      },
      decisions: { log: 'off' },
    };
    const [server, pages] = await startWithAdmin([
      '--config',
      temporaryFile('exhook.yaml', JSON.stringify(config)),
    ]);
    const broker = aBroker(server.url);
    const acl = jsonwebtoken.sign({ acl: { pub: ['granted', 'too'] } }, SECRET);
    await login(broker, { username: 'u', password: 'p' });
    await login(broker, { username: 'u', password: 'p' });
    await login(broker, { clientid: 'granted', username: 'x', password: acl });
    await login(broker, { clientid: 'guesser', password: 'wrong' });
    await login(broker, { clientid: 'guesser', password: 'wrong' });
    await publish(broker, { username: 'u' }, 'own');
    await publish(broker, { username: 'u' }, 'another');
    await subscribe(broker, { username: 'u' }, 'own');
    await publish(broker, { clientid: 'granted', username: 'x' }, 'granted');
    await publish(broker, { clientid: 'granted', username: 'x' }, 'too');
    const samples = await pages.scrape();
    const ours = [...samples].filter(([name]) =>
      /^exhook_(verdicts|login|lookups|password|granted|shared|condition|rule)/.test(name),
    );
    expect(Object.fromEntries(ours)).toStrictEqual({
      'exhook_verdicts_total{hook="client.authenticate",by="users",verdict="allow",mode="enforce"}': 2,
      'exhook_verdicts_total{hook="client.authenticate",by="jwt",verdict="allow",mode="enforce"}': 1,
      'exhook_verdicts_total{hook="client.authenticate",by="otherwise",verdict="deny",mode="enforce"}': 1,
      'exhook_verdicts_total{hook="client.authenticate",by="limiter",verdict="deny",mode="enforce"}': 1,
      'exhook_verdicts_total{hook="client.authorize",by="own",verdict="allow",mode="shadow"}': 1,
      'exhook_verdicts_total{hook="client.authorize",by="otherwise",verdict="deny",mode="shadow"}': 1,
      'exhook_verdicts_total{hook="client.authorize",by="rule 2",verdict="deny",mode="shadow"}': 1,
      'exhook_verdicts_total{hook="client.authorize",by="acl",verdict="allow",mode="shadow"}': 2,
      'exhook_login_cache_lookups_total{result="hit"}': 1,
      'exhook_login_cache_lookups_total{result="joined"}': 0,
      'exhook_login_cache_lookups_total{result="miss"}': 3,
      exhook_login_cache_evictions_total: 0,
      exhook_login_cache_entries: 3,
      'exhook_login_limiter_total{action="passed"}': 4,
      'exhook_login_limiter_total{action="delayed"}': 0,
      'exhook_login_limiter_total{action="refused"}': 1,
      'exhook_lookups_total{kind="authenticate/limiter",outcome="answered"}': 5,
      'exhook_lookups_total{kind="authenticate/users",outcome="answered"}': 4,
      'exhook_lookups_total{kind="authenticate/jwt",outcome="answered"}': 2,
      'exhook_password_hashes{state="working"}': 0,
      'exhook_password_hashes{state="waiting"}': 0,
      exhook_granted_clients: 1,
    });
  });

  it('counts calls that fail, under their code', async () => {
    const [server, pages] = await startWithAdmin(['--limits-message-bytes', '1KiB']);
    const broker = aBroker(server.url);
    const path = '/emqx.exhook.v3.HookProvider/OnMessagePublish';
    await broker.call(path, new Uint8Array([0xff, 0xff]));
    await broker.call(path, new Uint8Array(2000));
    await broker.call('/emqx.exhook.v9.HookProvider/OnMessagePublish', new Uint8Array());
    const samples = await pages.scrape();
    const labels = (hook: string, version: string, outcome: string) =>
      samples.get(`exhook_calls_total{hook="${hook}",version="${version}",outcome="${outcome}"}`);
    expect(labels('message.publish', 'v3', 'invalid_request')).toBe(1);
    expect(labels('message.publish', 'v3', 'too_large')).toBe(1);
    expect(labels('none', 'none', 'unknown_method')).toBe(1);
    expect(sumOf(samples, 'exhook_calls_total')).toBe(3);
  });

  it('shows its configuration, where it comes from, and no secret', async () => {
    const file = temporaryFile('exhook.yaml', CONFIG_WITH_SECRETS);
    const [server, pages] = await startWithAdmin(['--config', file]);
    const shown = await (await pages.get('/configz')).text();
    expect(JSON.parse(shown)).toMatchObject({
      events: { stdout: 'off' },
      admin: { host: '127.0.0.1', token: '***' },
      authenticate: {
        otherwise: 'deny',
        methods: [{ jwt: { secret: '***' } }, { http: { method: 'post' } }],
      },
    });
    const everything = [
      shown,
      await (await pages.get('/hooksz')).text(),
      await (await pages.get('/metrics')).text(),
    ];
    await server.stop();
    for (const secret of [TOKEN, 'jwt-shared-secret', 'api-key-value', 'url-secret', 'query-key'])
      expect([...everything, server.stderr.text].join('\n')).not.toContain(secret);
  });

  it('shows what is registered and why, who called, and warns of the trap', async () => {
    const acl = temporaryFile('exhook.yaml', 'authorize: { rules: [{ allow: publish, topics: [a] }] }\n');
    const [server, pages] = await startWithAdmin(['--config', acl, '--hooks-register', 'client.connected']);
    interface Hooks {
      warnings: string[];
      registered: { name: string; because: string }[];
      brokers: { node: string; protocol: string; calls: Record<string, { calls: number; last: string }> }[];
    }
    const life = lives['emqx-5.10.3'];
    const asked = (call: RecordedCall) => findRpc(call.path)?.hook === 'client.authorize';
    await live(
      server.url,
      life.filter((call) => !asked(call)),
    );
    const trapped = await pages.json<Hooks>('/hooksz');
    expect((await pages.scrape()).get('exhook_brokers_never_asking')).toBe(1);
    expect(trapped.warnings).toStrictEqual([expect.stringMatching(/emqx3@127\.0\.0\.1 has never asked/)]);
    expect(trapped.registered.map(({ name }) => name)).toStrictEqual([
      'client.connected',
      'client.authorize',
    ]);
    expect(trapped.registered[1]?.because).toMatch(/policy decides topics/);

    await live(server.url, life.filter(asked));
    expect((await pages.scrape()).get('exhook_brokers_never_asking')).toBe(0);
    const { warnings, brokers } = await pages.json<Hooks>('/hooksz');
    expect(warnings).toStrictEqual([]);
    expect(brokers.map(({ node, protocol }) => [node, protocol])).toStrictEqual([['emqx3@127.0.0.1', 'v3']]);
    const { calls, last } = brokers[0]?.calls['client.authorize'] ?? { calls: 0, last: '' };
    expect(calls).toBe(life.filter(asked).length);
    expect(Math.abs(new Date(last).getTime() - Date.now())).toBeLessThan(60_000);
  });

  it.each([1, 2])(
    'tells of a broker that holds another list of hooks, with %d worker(s)',
    async (workers) => {
      const args = ['--hooks-register', 'client.connected', '--workers', String(workers)];
      const [server, pages] = await startWithAdmin(args, hurried);
      const life = lives['emqx-5.10.3'];
      // Its list was answered before this server started.
      const calls = life.filter((call) => findRpc(call.path)?.hook === 'message.delivered').slice(0, 2);
      await expect
        .poll(
          async () => {
            await live(server.url, calls);
            return (await pages.json<{ warnings: string[] }>('/hooksz')).warnings;
          },
          { timeout: 40_000, interval: 500 },
        )
        .toStrictEqual([
          expect.stringMatching(/emqx3@127\.0\.0\.1.*message\.delivered.*exhook register --reload/),
        ]);
      expect((await pages.scrape()).get('exhook_brokers_outdated')).toBe(1);
      expect(await server.logged(/hook list of a broker node is not the current one/)).toMatchObject({
        node: 'emqx3@127.0.0.1',
        extra: ['message.delivered'],
      });
    },
    60_000,
  );

  it('needs its token for all but probes', async () => {
    const [, pages] = await startWithAdmin();
    const status = async (path: string, token: string) => (await pages.get(path, token)).status;
    expect([await status('/metrics', ''), await status('/metrics', 'wrong')]).toStrictEqual([401, 401]);
    expect([await status('/configz', ''), await status('/hooksz', '')]).toStrictEqual([401, 401]);
    expect([await status('/healthz', ''), await status('/readyz', '')]).toStrictEqual([200, 200]);
  });

  it.each([1, 2])('does not start when the port is taken, with %d worker(s)', async (workers) => {
    const [server, pages] = await startWithAdmin();
    expect((await pages.get('/healthz')).status).toBe(200);
    const { message } = await server.logged(/^admin pages/);
    const port = new URL(message.slice('admin pages are at '.length)).port;
    const args = ['--admin-port', port, '--workers', String(workers)];
    const { code, stderr } = await run(args, { env: { HOST: '127.0.0.1', PORT: '0' } });
    expect(code).toBe(2);
    expect(stderr).toContain(`admin.port: port ${port} is already in use on 127.0.0.1; choose another one\n`);
  });

  it.each<[admin: string, problem: string]>([
    ['{}', 'exhook.yaml:1:8 admin.port: is missing; write a whole number from 0 to 65535, or shared'],
    [
      '{ port: 70000 }',
      'exhook.yaml:1:16 admin.port: is not a port; write a whole number from 0 to 65535, or shared',
    ],
    [
      '{ port: main }',
      'exhook.yaml:1:16 admin.port: is not a port; write a whole number from 0 to 65535, or shared',
    ],
    [
      '{ port: shared }',
      'admin.token: is missing, and everyone who can reach the port of brokers could read all pages',
    ],
    ['{ port: 1, token: a, open: true }', 'admin.open: is true, but a token is set; remove one of the two'],
    ['{ port: 1, token: 7 }', 'admin.token: is not a token; write { env: NAME }'],
  ])('is checked by exhook check: %s', async (admin, problem) => {
    const file = temporaryFile('exhook.yaml', `admin: ${admin}\n`);
    const { code, stderr } = await check(file);
    expect([code, stderr]).toStrictEqual([2, expect.stringContaining(problem)]);
  });

  it('finds the file of its token from where the configuration is', async () => {
    const token = temporaryFile('token', `${TOKEN}\n`);
    const file = temporaryFile('exhook.yaml', 'admin: { port: 0, token: { file: token } }\n', dirname(token));
    const server = await startServer(['--config', file]);
    const { message } = await server.logged(/^admin pages are at /);
    const pages = new Pages(message.slice('admin pages are at '.length));
    expect([(await pages.get('/configz')).status, (await pages.get('/configz', '')).status]).toStrictEqual([
      200, 401,
    ]);
    expect(await pages.json('/configz')).toMatchObject({ admin: { token: { file: token } } });
  });
});

describe('a server that drains', () => {
  it.each([1, 2])('says so on its pages, with %d worker(s)', async (workers) => {
    const [server, pages] = await startWithAdmin(['--workers', String(workers), '--drain-delay', '3s']);
    while ((await pages.get('/readyz')).status !== 200) await sleep(20);
    server.signal('SIGTERM');
    while ((await pages.get('/readyz')).status !== 503) await sleep(20);
    await pages.until((samples) => samples.get('exhook_draining') === workers);
    expect((await pages.get('/healthz')).status).toBe(200);
    expect((await server.ended).code).toBe(0);
  });
});

describe('a configuration that changes', () => {
  it('is shown as it is in force', async () => {
    const file = temporaryFile('exhook.yaml', 'decisions: { log: all }\n');
    const [server, pages] = await startWithAdmin(['--config', file]);
    expect(await pages.json('/configz')).toMatchObject({ decisions: { log: 'all' } });
    writeFileSync(file, 'decisions: { log: off }\nlimits: { inFlight: 7 }\n');
    server.signal('SIGHUP');
    await server.logged(/is in effect/);
    const samples = await pages.scrape();
    expect(samples.get('exhook_config_reloads_total{outcome="done"}')).toBeGreaterThan(0);
    expect(samples.get('exhook_config_last_reload_successful')).toBe(1);
    // The limits need a restart.
    const shown = { decisions: { log: 'off' }, limits: { inFlight: 10_000 } };
    expect(await pages.json('/configz')).toMatchObject(shown);
  });
});

describe('a configuration that is refused', () => {
  it('is counted, and that the last was refused', async () => {
    const file = temporaryFile('exhook.yaml', 'decisions: { log: all }\n');
    const [server, pages] = await startWithAdmin(['--config', file]);
    const before = await pages.scrape();
    writeFileSync(file, 'decisions: { log: nonsense }\n');
    server.signal('SIGHUP');
    await server.logged(/reload rejected/);
    const samples = await pages.scrape();
    expect(samples.get('exhook_config_reloads_total{outcome="failed"}')).toBeGreaterThan(0);
    expect(samples.get('exhook_config_last_reload_successful')).toBe(0);
    const since = 'exhook_config_last_reload_success_timestamp_seconds';
    expect(samples.get(since)).toBe(before.get(since));
  });
});

describe('users and rules that are refused', () => {
  it('are counted', async () => {
    const directory = temporaryDirectory();
    const users = temporaryFile('users.json', '[]', directory);
    const acl = temporaryFile('acl.conf', '{deny, all}.\n', directory);
    const config = {
      authenticate: { methods: [{ users: { file: 'users.json' } }] },
      authorize: { rules: [], sources: [{ emqx: 'acl.conf' }] },
    };
    const file = temporaryFile('exhook.yaml', JSON.stringify(config), directory);
    const [server, pages] = await startWithAdmin(['--config', file], hurried);
    writeFileSync(users, '[{}]');
    writeFileSync(acl, '{allow, all}.\n');
    await server.logged(/the previous users stay in effect$/);
    await server.logged(/the previous rules stay in effect$/);
    const samples = await pages.scrape();
    const refused = (of: string) => samples.get(`exhook_policy_renewals_failed_total{of="${of}"}`);
    expect([refused('users'), refused('rules'), refused('keys')]).toStrictEqual([1, 1, 0]);
  });
});

describe('pages on the port of brokers', () => {
  const state = (samples: Samples, name: string) => samples.get(`exhook_workers{state="${name}"}`);

  it('count what brokers call on the same port', async () => {
    const [server, pages] = await startShared();
    await live(server.url, lives['emqx-5.10.3']);
    expect(sumOf(await pages.scrape(), 'exhook_calls_total')).toBe(171);
    expect((await pages.get('/metrics', '')).status).toBe(401);
    expect((await pages.get('/readyz', '')).status).toBe(200);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
  });

  it('are about all workers, whichever is asked', async () => {
    const [server, pages] = await startShared(['--workers', '2']);
    await pages.until((samples) => state(samples, 'answering') === 2);
    const life = lives['emqx-5.10.3'];
    await Promise.all([1, 2, 3, 4].map(() => live(server.url, life)));
    // Each on its own connection: they are distributed in turn.
    for (let i = 0; i < 4; i++) {
      const samples = await pages.scrape({ connection: 'close' });
      expect(countedByHook(samples)).toStrictEqual(
        Object.fromEntries(Object.entries(countByHook(life)).map(([key, value]) => [key, 4 * value])),
      );
      expect(state(samples, 'answering')).toBe(2);
    }
    expect(await pages.json('/configz')).toMatchObject({
      workers: 2,
      admin: { port: 'shared', token: '***' },
    });
    const { brokers } = await pages.json<{ brokers: object[] }>('/hooksz');
    expect(brokers).toHaveLength(1);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
  });

  it('are answered though another worker is silent, and say so', async () => {
    const [server, pages] = await startShared(['--workers', '2']);
    await pages.until((samples) => state(samples, 'answering') === 2);
    const pids = server.log
      .filter(({ message }) => message.startsWith('listening on '))
      .map(({ pid }) => Number(pid));
    const [first = 0] = pids;
    process.kill(first, 'SIGSTOP');
    // A connection that the silent one was given is not answered: ask until another worker is.
    const samples = await pages.untilAnswered();
    process.kill(first, 'SIGCONT');
    expect([state(samples, 'answering'), state(samples, 'silent')]).toStrictEqual([1, 1]);
  });

  it.each([1, 2])('need a token that can be read, with %d worker(s)', async (workers) => {
    const env = { HOST: '127.0.0.1', PORT: '0', EXHOOK_ADMIN_PORT: 'shared' };
    const file = temporaryFile('exhook.yaml', 'admin: { port: shared, token: { file: nowhere } }\n');
    const { code, stderr } = await run(['--config', file, '--workers', String(workers)], { env });
    expect([code, stderr]).toStrictEqual([
      2,
      expect.stringMatching(/^.*admin\.token: cannot read .*nowhere/m),
    ]);
    expect(stderr).not.toContain('is restarted');
  });
});

describe('a server without admin', () => {
  it('has no pages for operators', async () => {
    const server = await startServer();
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
    expect(server.log.filter(({ message }) => /admin/.test(message))).toStrictEqual([]);
  });
});

describe('several workers', () => {
  const state = (samples: Samples, name: string) => samples.get(`exhook_workers{state="${name}"}`);
  const pidsOf = (server: RunningServer) =>
    server.log.filter(({ message }) => message.startsWith('listening on ')).map(({ pid }) => Number(pid));

  async function startWorkers(workers: number): Promise<[RunningServer, Pages]> {
    const [server, pages] = await startWithAdmin(['--workers', String(workers)]);
    await pages.until((samples) => state(samples, 'answering') === workers);
    return [server, pages];
  }

  it('are added up, whichever worker was asked', async () => {
    const [server, pages] = await startWorkers(2);
    const life = lives['emqx-5.10.3'];
    await Promise.all([1, 2, 3, 4].map(() => live(server.url, life)));
    const samples = await pages.scrape();
    const expected = Object.fromEntries(
      Object.entries(countByHook(life)).map(([key, value]) => [key, 4 * value]),
    );
    expect(countedByHook(samples)).toStrictEqual(expected);
    expect(sumOf(samples, 'exhook_call_duration_seconds_count')).toBe(4 * 171);
    expect(samples.get('exhook_connections')).toBe(4);
    expect(sumOf(samples, 'exhook_build_info')).toBe(1);
    expect([state(samples, 'silent'), state(samples, 'missing')]).toStrictEqual([0, 0]);
    expect(samples.get('exhook_worker_restarts_total')).toBe(0);
    expect(samples.get('exhook_brokers_never_asking')).toBe(0);
    expect(samples.get('exhook_ready')).toBe(2);
    expect(samples.get('exhook_config_last_reload_successful')).toBe(1);

    const { brokers } = await pages.json<{ brokers: { calls: Record<string, { calls: number }> }[] }>(
      '/hooksz',
    );
    expect(brokers).toHaveLength(1);
    const calls = Object.values(brokers[0]?.calls ?? {}).reduce((sum, hook) => sum + hook.calls, 0);
    expect(calls).toBe(4 * 171);
    expect(await pages.json('/configz')).toMatchObject({ workers: 2, admin: { token: '***' } });
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
  });

  it('keep their totals when one is silent, and when it dies', async () => {
    const [server, pages] = await startWorkers(2);
    await Promise.all([1, 2, 3, 4].map(() => live(server.url, lives['emqx-5.3.2'])));
    expect(sumOf(await pages.scrape(), 'exhook_calls_total')).toBe(4 * 169);
    const [first = 0, second = 0] = pidsOf(server);

    process.kill(first, 'SIGSTOP');
    const silent = await pages.scrape();
    expect([state(silent, 'answering'), state(silent, 'silent')]).toStrictEqual([1, 1]);
    expect(sumOf(silent, 'exhook_calls_total')).toBe(4 * 169);
    expect((await pages.get('/readyz')).status).toBe(200);
    process.kill(second, 'SIGSTOP');
    expect((await pages.get('/readyz')).status).toBe(503);
    expect((await pages.get('/healthz')).status).toBe(200);
    process.kill(second, 'SIGCONT');

    process.kill(first, 'SIGKILL');
    const back = await pages.until((samples) => state(samples, 'answering') === 2);
    expect(back.get('exhook_worker_restarts_total')).toBe(1);
    expect(sumOf(back, 'exhook_calls_total')).toBe(4 * 169);
    await live(server.url, lives['emqx-5.3.2']);
    expect(sumOf(await pages.scrape(), 'exhook_calls_total')).toBe(5 * 169);
    expect((await server.stop()).code).toBe(0);
  });
});

const CONFIG_WITH_SECRETS = `
authenticate:
  methods:
    - jwt: { secret: jwt-shared-secret-jwt-shared-secret }
    - http:
        url: http://127.0.0.1:1/url-secret?key=query-key
        headers: { x-api-key: api-key-value }
`;
