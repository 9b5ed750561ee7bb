import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { Config } from '../../src/config/schema.ts';
import { readSources } from '../../src/config/sources.ts';
import type { Environment } from '../../src/config/variables.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { oneOf } from '../../src/lib/schema/builders.ts';

const sections = Object.keys(Config.shape);

interface Inputs {
  readonly argv?: readonly string[];
  readonly env?: Environment;
  readonly yaml?: string;
}

function load({ argv = [], env = {}, yaml }: Inputs) {
  const file = yaml === undefined ? undefined : { path: 'exhook.yaml', document: parseYaml(yaml) };
  return loadConfig(readSources(argv, env), file);
}

function problemsOf(inputs: Inputs): string[] {
  return load(inputs).problems?.map(formatProblem) ?? [];
}

function configOf(inputs: Inputs): Config {
  const { config, problems } = load(inputs);
  if (config === undefined) throw new Error(problems?.map(formatProblem).join('\n'));
  return config;
}

describe('the file that is read', () => {
  it.each<[string[], Record<string, string>, string | undefined]>([
    [[], {}, undefined],
    [[], { EXHOOK_CONFIG: '' }, undefined],
    [[], { EXHOOK_CONFIG: 'a.yaml' }, 'a.yaml'],
    [['--config', 'b.yaml'], { EXHOOK_CONFIG: 'a.yaml' }, 'b.yaml'],
    [['--port', '1', '--config=b.yaml'], {}, 'b.yaml'],
    [['--config'], { EXHOOK_CONFIG: 'a.yaml' }, 'a.yaml'],
  ])('%j %j -> %s', (argv, env, path) => {
    expect(readSources(argv, env).path).toBe(path);
  });
});

describe('keys that begin with x-', () => {
  it('hold anchors for merge keys at the top of the file, and mean nothing', () => {
    const yaml = `
x-mine: &mine { allow: publish, who: { username: ann } }
x-more: [{ port: no }]
authorize:
  rules: [{ <<: *mine, topics: a }, { <<: *mine, allow: subscribe, topics: b }]`;
    expect(configOf({ yaml }).authorize?.rules).toMatchObject([
      { allow: 'publish', who: { username: 'ann' }, topics: 'a' },
      { allow: 'subscribe', topics: 'b' },
    ]);
    expect(configOf({ yaml })).not.toHaveProperty('x-mine');
  });

  it.each(['listen: { x-port: 1 }', 'X-mine: 1', 'xmine: 1'])('are not keys elsewhere: %s', (yaml) => {
    expect(problemsOf({ yaml })).toEqual([expect.stringContaining('is not a key here')]);
  });
});

describe('precedence', () => {
  const yaml = 'listen: { port: 1 }';

  it.each<[string, Inputs, number]>([
    ['the default', {}, 9000],
    ['the file over the default', { yaml }, 1],
    ['PORT over the file', { yaml, env: { PORT: '2' } }, 2],
    ['the long variable over PORT', { yaml, env: { EXHOOK_LISTEN_PORT: '3', PORT: '2' } }, 3],
    ['the flag over all', { yaml, env: { EXHOOK_LISTEN_PORT: '3' }, argv: ['--port', '4'] }, 4],
    ['the last flag', { argv: ['--port=4', '--listen-port=5', '--port=6'] }, 6],
    ['an empty variable is absent', { yaml, env: { PORT: '' } }, 1],
    ['a right flag over a wrong file', { yaml: 'listen: { port: x }', argv: ['--port', '4'] }, 4],
  ])('%s', (_, inputs, port) => {
    expect(configOf(inputs).listen.port).toBe(port);
  });

  it('is decided for each key; the rest of a section stays', () => {
    const listen = configOf({ yaml: 'listen: { host: "::1", port: 1 }', env: { PORT: '2' } }).listen;
    expect(listen).toEqual({ host: '::1', port: 2, connect: true, http2: 'own', hosts: [] });
  });
});

describe('texts of variables and flags', () => {
  it.each<[string, Inputs, unknown]>([
    ['limits', { env: { EXHOOK_LIMITS_MESSAGE_BYTES: '1MiB' } }, { messageBytes: 1_048_576 }],
    ['limits', { env: { EXHOOK_LIMITS_MESSAGE_BYTES: '4096' } }, { messageBytes: 4096 }],
    ['limits', { argv: ['--limits-deadline-fraction', ' 0.5 '] }, { deadlineFraction: 0.5 }],
    ['drain', { argv: ['--drain-timeout', '20s'] }, { timeout: 20_000 }],
    ['connections', { env: { EXHOOK_CONNECTIONS_MAX_AGE: '10m' } }, { maxAge: 600_000 }],
    ['connections', { env: { EXHOOK_CONNECTIONS_MAX_AGE: 'off' } }, { maxAge: 'off' }],
    ['listen', { env: { EXHOOK_LISTEN_CONNECT: 'false' } }, { connect: false }],
    ['listen', { argv: ['--no-listen-connect'] }, { connect: false }],
    ['listen', { env: { EXHOOK_LISTEN_CONNECT: 'false' }, argv: ['--listen-connect'] }, { connect: true }],
    ['listen', { argv: ['--listen-connect=false', '--port', '1'] }, { connect: false, port: 1 }],
    ['listen', { env: { HOST: '127.0.0.1' } }, { host: '127.0.0.1' }],
    ['hooks', { argv: ['--hooks-custom', 'a.mjs'] }, { custom: ['a.mjs'] }],
    ['hooks', { env: { EXHOOK_HOOKS_CUSTOM: 'a.mjs, b.mjs,' } }, { custom: ['a.mjs', 'b.mjs'] }],
    [
      'hooks',
      { env: { EXHOOK_HOOKS_REGISTER: 'client.connected,message.publish' } },
      {
        register: [
          { hook: 'client.connected', topics: [] },
          { hook: 'message.publish', topics: [] },
        ],
      },
    ],
  ])('%s %j', (section, inputs, expected) => {
    expect(configOf(inputs)[section as 'limits']).toMatchObject(expected as object);
  });

  it('set what stands outside of sections', () => {
    expect(configOf({ argv: ['--workers', 'auto'] }).workers).toBe('auto');
    expect(configOf({ env: { EXHOOK_WORKERS: '4' } }).workers).toBe(4);
  });

  it('name the file of --record beside the configuration', () => {
    expect(load({ argv: ['--record', 'calls.jsonl'] })).toMatchObject({ record: 'calls.jsonl' });
    expect(load({})).not.toHaveProperty('record');
  });
});

describe('variables that are not ours', () => {
  it('are not a problem: Kubernetes sets these for services named exhook and exhook-listen', () => {
    const env = {
      EXHOOK_PORT: 'tcp://10.96.0.7:9000',
      EXHOOK_PORT_9000_TCP: 'tcp://10.96.0.7:9000',
      EXHOOK_PORT_9000_TCP_ADDR: '10.96.0.7',
      EXHOOK_PORT_9000_TCP_PORT: '9000',
      EXHOOK_PORT_9000_TCP_PROTO: 'tcp',
      EXHOOK_SERVICE_HOST: '10.96.0.7',
      EXHOOK_SERVICE_PORT: '9000',
      EXHOOK_SERVICE_PORT_GRPC: '9000',
      EXHOOK_LISTEN_SERVICE_HOST: '10.96.0.8',
      EXHOOK_LISTEN_PORT: 'tcp://10.96.0.8:80',
      EXHOOK_ANYTHING_ELSE: 'x',
    };
    expect(load({ env })).toMatchObject({ config: { listen: { port: 9000 } }, warnings: [] });
  });

  it('are worth a warning when one of ours is spelt almost so', () => {
    expect(load({ env: { EXHOOK_LOG_LEVL: 'debug' } }).warnings?.map(formatProblem)).toEqual([
      'environment variable EXHOOK_LOG_LEVL: is not known and has no effect; did you mean EXHOOK_LOG_LEVEL?',
    ]);
  });
});

describe('problems of a file', () => {
  it('are reported all at once, each at its place', () => {
    const yaml = `listen:
  port: abc
  prot: 1
limit: {}
port: 3
log:
events: 5
workers: 0
drain: { timeout: 1x }
connections: { maxAge: 0s, jitter: 2 }
`;
    expect(problemsOf({ yaml })).toEqual([
      'exhook.yaml:2:9 listen.port: is not a port; write a whole number from 0 to 65535',
      'exhook.yaml:3:3 listen.prot: is not a key here; did you mean port?',
      'exhook.yaml:4:1 limit: is not a key here; did you mean limits?',
      'exhook.yaml:5:1 port: is not a key here; did you mean listen.port?',
      'exhook.yaml:6:5 log: is empty; write its keys on lines of their own, such as level:, format: or project:, or remove the line',
      'exhook.yaml:7:9 events: is not a section; write its keys on lines of their own, such as stdout: or routes:',
      'exhook.yaml:8:10 workers: is not a number of processes; write auto, or a whole number from 1 to 1024',
      'exhook.yaml:9:19 drain.timeout: is not a duration; write a number with its unit from 1ms to 24d, such as 10s or 250ms',
      'exhook.yaml:10:24 connections.maxAge: is not a duration; write off, or a number with its unit from 1ms to 24d, such as 10m',
      'exhook.yaml:10:36 connections.jitter: is not a fraction; write a number from 0 to 1',
    ]);
  });

  it.each([
    [
      '- a',
      `1:1: is not a mapping; write its keys on lines of their own, such as ${oneOf(sections.map((name) => `${name}:`))}`,
    ],
    ['zzz: 1', `1:1 zzz: is not a key here; write ${oneOf(sections)}, or remove it`],
    ['__proto__: { listen: 1 }', `1:1 __proto__: is not a key here; write ${oneOf(sections)}, or remove it`],
    ['log: { "le\\nvel": debug }', '1:8 log."le\\nvel": is not a key here; did you mean level?'],
    [
      'log: { level: verbose }',
      '1:15 log.level: is not one of the choices; write trace, debug, info, warn, error, fatal or silent',
    ],
    [
      'events: { stdout: false }',
      '1:19 events.stdout: is not one of the choices; write auto, json, pretty or off',
    ],
    ['listen: { connect: "no" }', '1:20 listen.connect: is not a yes or no; write true or false'],
    [
      'listen: { host: "" }',
      '1:17 listen.host: is not an address; write an address of this machine, or 0.0.0.0 for all',
    ],
    [
      'limits: { messageBytes: 2GiB }',
      '1:25 limits.messageBytes: is not a size; write a number with its unit from 1KiB to 1GiB, such as 512KiB or 16MiB',
    ],
    [
      'limits: { deadlineFraction: 0 }',
      '1:29 limits.deadlineFraction: is not a fraction; write a number above 0 and at most 1',
    ],
    [
      'limits: { inFlight: 1.5 }',
      '1:21 limits.inFlight: is not a number of calls; write a whole number from 1 to 1000000',
    ],
    [
      'limits: { messageBytes: 512MiB }',
      '1:9 limits.queuedBytes: is smaller than limits.messageBytes: the largest message would never fit; write at least as much',
    ],
    [
      'drain: { delay: 9s }',
      '1:17 drain.delay: is not shorter than drain.timeout, which leaves no time to drain; write a shorter one',
    ],
    [
      'hooks: { custom: 5 }',
      '1:18 hooks.custom: is not a path; write a path such as ./my-hooks.mjs, or a list of them',
    ],
    [
      'hooks: { custom: [a.mjs, 5] }',
      '1:26 hooks.custom[1]: is not a path; write a path such as ./my-hooks.mjs',
    ],
    [
      'hooks: { register: message.publish }',
      '1:20 hooks.register: is not a list; write names of hooks, each after a "-"',
    ],
  ])('%s', (yaml, problem) => {
    expect(problemsOf({ yaml })).toEqual([`exhook.yaml:${problem}`]);
  });

  it('follow aliases to where the value stands', () => {
    const yaml = 'listen: &a\n  port: 70000\nlog: *a\n';
    expect(problemsOf({ yaml })).toEqual([
      'exhook.yaml:2:3 log.port: is not a key here; did you mean listen.port?',
      'exhook.yaml:2:9 listen.port: is not a port; write a whole number from 0 to 65535',
    ]);
  });
});

describe('problems of hooks.register', () => {
  it.each([
    ['client.conected', ': is not a hook; did you mean client.connected?'],
    ['5', ': is not a hook; write one of its names, such as client.connected'],
    ['provider.loaded', ': is provider.loaded, which brokers always call; remove it'],
    [
      'client.authenticate',
      ': is client.authenticate, which is registered only when a policy or a custom hook answers it; remove it here',
    ],
    [
      '{ hook: client.authorize }',
      '.hook: is client.authorize, which is registered only when a policy or a custom hook answers it; remove it here',
    ],
    ['{ topics: [] }', '.hook: is missing; write one of its names, such as client.connected'],
    ['{ hook: message.acked, topic: a }', '.topic: is not a key here; did you mean topics?'],
    [
      '{ hook: client.connect, topics: [a] }',
      '.topics: has no effect: brokers apply topic filters only to message.* hooks; remove it',
    ],
    ['{ hook: message.acked, topics: a }', '.topics: is not a list; write topic filters, each after a "-"'],
    [
      '{ hook: message.acked, topics: ["a/#/b"] }',
      '.topics[0]: is not a topic filter: "#" must be the whole of the last level',
    ],
    [
      '{ hook: message.acked, topics: ["$share/g/t"] }',
      '.topics[0]: is a shared subscription; write its topic filter alone',
    ],
    [
      '{ hook: message.acked, topics: [5] }',
      '.topics[0]: is not a topic filter; write one such as "sensors/+/temperature" or "sensors/#"',
    ],
  ])('%s', (item, problem) => {
    const [found, ...rest] = problemsOf({ yaml: `hooks: { register: [${item}] }` });
    expect(found?.replace(/^exhook.yaml:1:\d+ hooks.register\[0\]/, '')).toBe(problem);
    expect(rest).toEqual([]);
  });

  it('include a hook that is named again', () => {
    expect(problemsOf({ yaml: 'hooks: { register: [client.connect, { hook: client.connect }] }' })).toEqual([
      'exhook.yaml:1:37 hooks.register[1]: lists client.connect again; list it once, with all its topics',
    ]);
  });
});

describe('problems of variables and flags', () => {
  it.each<[Inputs, string[]]>([
    [
      { env: { PORT: 'http' } },
      ['environment variable PORT: is not a port; write a whole number from 0 to 65535'],
    ],
    [
      { env: { EXHOOK_LISTEN_PORT: '65536' } },
      ['environment variable EXHOOK_LISTEN_PORT: is not a port; write a whole number from 0 to 65535'],
    ],
    [
      { env: { EXHOOK_HOOKS_REGISTER: 'client.connect,client.conect' } },
      ['environment variable EXHOOK_HOOKS_REGISTER, item 2: is not a hook; did you mean client.connect?'],
    ],
    [{ argv: ['--port', 'x'] }, ['flag --port: is not a port; write a whole number from 0 to 65535']],
    [
      { argv: ['--prot', '1'] },
      [
        'flag --prot: is not known; did you mean --port?',
        'argument 2: is unexpected; write it after its flag',
      ],
    ],
    [{ argv: ['--password=hunter2'] }, ['flag --password: is not known; see --help for all flags']],
    [{ argv: ['-p=1'] }, ['argument 1: begins with one "-"; flags begin with two, see --help']],
    [{ argv: ['--port'] }, ['flag --port: needs a value; write it after the flag']],
    [{ argv: ['--host', '--listen-connect'] }, ['flag --host: needs a value; write it after the flag']],
    [{ argv: ['--config='] }, ['flag --config: needs a value; write it after the flag']],
    [{ argv: ['--no-port'] }, ['flag --no-port: is not known; did you mean --port?']],
    [{ argv: ['--no-listen-connect=1'] }, ['flag --no-listen-connect: takes no value; remove it']],
    [
      { argv: ['--listen-connect=maybe'] },
      ['flag --listen-connect: is not a yes or no; write true or false'],
    ],
    [{ argv: ['hunter2'] }, ['argument 1: is unexpected; write it after its flag']],
    [
      { argv: ['--', '--port', '1'] },
      [
        'argument 2: is unexpected; write it after its flag',
        'argument 3: is unexpected; write it after its flag',
      ],
    ],
  ])('%j', (inputs, problems) => {
    expect(problemsOf(inputs)).toEqual(problems);
  });

  it('come after those of the file', () => {
    const inputs = { yaml: 'log: { level: x }\na: [', env: { PORT: 'x' }, argv: ['--nope'] };
    expect(problemsOf(inputs).map((text) => text.split(/[:,] /)[0])).toEqual([
      expect.stringMatching(/^exhook.yaml:2:/),
      'environment variable PORT',
      'flag --nope',
    ]);
  });
});

describe('listen.tls', () => {
  it('takes a certificate and its key', () => {
    expect(configOf({ yaml: 'listen: { tls: { cert: a.pem, key: a.key } }' }).listen.tls).toEqual({
      cert: 'a.pem',
      key: 'a.key',
    });
  });

  it('asks for the key when only the certificate is given', () => {
    expect(problemsOf({ yaml: 'listen: { tls: { cert: a.pem } }' })).toEqual([
      expect.stringMatching(/^exhook\.yaml:1:\d+ listen\.tls\.key: is missing/),
    ]);
  });

  it('refuses names of brokers without an authority that signs them', () => {
    const yaml = 'listen: { tls: { cert: a, key: b, clientNames: [broker] } }';
    expect(problemsOf({ yaml })).toEqual([expect.stringContaining('write clientCa')]);
  });
});
