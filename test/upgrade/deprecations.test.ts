/**
 * Old keys keep working in a file, as a variable and as a flag, with a warning that says what to write. The test has
 * its own table, because the program's may be empty.
 */
import { describe, expect, it } from 'vitest';
import { type Deprecation, deprecations } from '../../src/config/deprecations.ts';
import { keys } from '../../src/config/keys.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { Config } from '../../src/config/schema.ts';
import { readSources } from '../../src/config/sources.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { keysAt } from '../../src/lib/schema/walk.ts';
import { noSources } from '../support/sources.ts';

const table: readonly Deprecation[] = [
  { key: 'drain.wait', instead: 'drain.timeout', since: '0.4.0' },
  { key: 'listen.rest', instead: 'listen.connect', since: '0.4.0', message: 'it never was REST' },
  {
    key: 'limits.kilobytes',
    instead: 'limits.messageBytes',
    since: '0.5.0',
    convert: (value) => Number(value) * 1024,
  },
  { key: 'limits.nagle', instead: undefined, since: '0.5.0' },
  { key: 'sinks.*.webhook', instead: 'sinks.*.http', since: '0.6.0' },
  { key: 'sinks.*.http.address', instead: 'sinks.*.http.url', since: '0.6.0' },
  { key: 'events.routes.*.sink', instead: 'events.routes.*.to', since: '0.6.0' },
  { key: 'audit.rate', instead: 'decisions.sample', since: '0.7.0' },
];

interface Inputs {
  readonly yaml?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
}

function load({ yaml, env = {}, argv = [] }: Inputs) {
  const file = yaml === undefined ? undefined : { path: 'f.yaml', document: parseYaml(yaml) };
  const { config, warnings = [], problems = [] } = loadConfig(readSources(argv, env, table), file, table);
  return { config, warnings: warnings.map(formatProblem), problems: problems.map(formatProblem) };
}

describe('an old key', () => {
  it('keeps its meaning in a file, and the warning names its line', () => {
    const { config, warnings } = load({ yaml: 'drain:\n  wait: 7s' });
    expect(config?.drain.timeout).toBe(7000);
    expect(warnings).toEqual([
      'f.yaml:2:3 drain.wait: is deprecated since 0.4.0; write drain.timeout instead',
    ]);
  });

  it('keeps working as a variable, and the new one wins', () => {
    const { config, warnings } = load({ env: { EXHOOK_DRAIN_WAIT: '7s' } });
    expect(config?.drain.timeout).toBe(7000);
    expect(warnings).toEqual([
      'environment variable EXHOOK_DRAIN_WAIT: is deprecated since 0.4.0; write EXHOOK_DRAIN_TIMEOUT instead',
    ]);
    const both = load({ env: { EXHOOK_DRAIN_TIMEOUT: '5s', EXHOOK_DRAIN_WAIT: '7s' } });
    expect(both.config?.drain.timeout).toBe(5000);
  });

  it.each([[['--drain-wait', '7s']], [['--drain-wait=7s']], [['--drain-timeout=5s', '--drain-wait=7s']]])(
    'keeps working as a flag: %j',
    (argv) => {
      const { config, warnings } = load({ argv });
      expect(config?.drain.timeout).toBe(7000);
      expect(warnings).toEqual([
        'flag --drain-wait: is deprecated since 0.4.0; write --drain-timeout instead',
      ]);
    },
  );

  it('keeps working as a switch, and as its opposite', () => {
    const { config, warnings } = load({ argv: ['--no-listen-rest'] });
    expect(config?.listen.connect).toBe(false);
    expect(warnings).toEqual([
      'flag --no-listen-rest: is deprecated since 0.4.0; write --listen-connect instead (it never was REST)',
    ]);
    expect(load({ argv: ['--listen-rest'] }).config?.listen.connect).toBe(true);
  });

  it.each<[string, Inputs]>([
    ['a file', { yaml: 'limits: { kilobytes: 2 }' }],
    ['a variable', { env: { EXHOOK_LIMITS_KILOBYTES: '2' } }],
    ['a flag', { argv: ['--limits-kilobytes', '2'] }],
  ])('is converted where its meaning was another: %s', (_, inputs) => {
    expect(load(inputs).config?.limits.messageBytes).toBe(2048);
  });

  it('may stand below names of the user, and in lists', () => {
    const yaml = `
sinks:
  a: { webhook: { address: "http://127.0.0.1:1/" } }
  b: { http: { url: "http://127.0.0.1:2/" } }
events:
  routes:
    - { hooks: [client.connected], to: b }
    - { hooks: [client.connected], sink: a }
`;
    const { config, warnings, problems } = load({ yaml });
    expect(problems).toEqual([]);
    expect(config?.sinks.a).toMatchObject({ http: { url: 'http://127.0.0.1:1/' } });
    expect(config?.events.routes[1]).toMatchObject({ to: ['a'] });
    expect(warnings).toEqual([
      'f.yaml:3:8 sinks.a.webhook: is deprecated since 0.6.0; write sinks.a.http instead',
      'f.yaml:3:19 sinks.a.webhook.address: is deprecated since 0.6.0; write sinks.a.http.url instead',
      'f.yaml:8:36 events.routes[1].sink: is deprecated since 0.6.0; write events.routes[1].to instead',
    ]);
  });

  it('may be from a section that was removed', () => {
    const { config, warnings } = load({ yaml: 'audit: { rate: 0.5 }' });
    expect(config?.decisions.sample).toBe(0.5);
    expect(warnings).toEqual([
      'f.yaml:1:10 audit.rate: is deprecated since 0.7.0; write decisions.sample instead',
    ]);
    expect(load({ yaml: 'audit: { rate: 0.5, other: 1 }' }).problems).toEqual([
      expect.stringContaining('audit: is not a key here'),
    ]);
  });

  it('leaves a section that means something by being there', () => {
    const old: Deprecation = { key: 'authorize.cached', instead: undefined, since: '0.5.0' };
    const file = { path: 'f.yaml', document: parseYaml('authorize: { cached: true }') };
    expect(loadConfig(noSources, file, [old]).config?.authorize).toBeDefined();
  });

  it('without a successor has no effect, and stops nothing', () => {
    const message = 'has no effect since 0.5.0; remove it';
    expect(load({ yaml: 'limits: { nagle: true, inFlight: 5 }' })).toMatchObject({
      config: { limits: { inFlight: 5 } },
      warnings: [`f.yaml:1:11 limits.nagle: ${message}`],
    });
    expect(load({ env: { EXHOOK_LIMITS_NAGLE: 'x' } }).warnings).toEqual([
      `environment variable EXHOOK_LIMITS_NAGLE: ${message}`,
    ]);
    expect(load({ argv: ['--limits-nagle', 'x'] }).warnings).toEqual([`flag --limits-nagle: ${message}`]);
  });

  it('is distinguished from a misspelt variable', () => {
    expect(load({ env: { EXHOOK_DRAIN_TIMEOUTS: '7s' } }).warnings).toEqual([
      expect.stringContaining('did you mean EXHOOK_DRAIN_TIMEOUT?'),
    ]);
  });
});

describe('a problem', () => {
  it('is one to have both in a file: nobody knows which was meant', () => {
    const { problems } = load({ yaml: 'drain:\n  timeout: 5s\n  wait: 7s' });
    expect(problems).toEqual([
      'f.yaml:3:3 drain.wait: is an old name of drain.timeout, which is also set; remove this one',
    ]);
  });

  it('with the value of an old key names the key that was written', () => {
    expect(load({ yaml: 'drain:\n  wait: soon' }).problems).toEqual([
      expect.stringMatching(/^f\.yaml:2:9 drain\.wait: is not a duration/),
    ]);
    expect(load({ env: { EXHOOK_DRAIN_WAIT: 'soon' } }).problems).toEqual([
      expect.stringMatching(/^environment variable EXHOOK_DRAIN_WAIT: is not a duration/),
    ]);
    expect(load({ argv: ['--drain-wait'] }).problems).toEqual([
      'flag --drain-wait: needs a value; write it after the flag',
    ]);
    expect(load({ yaml: 'sinks:\n  a:\n    webhook:\n      address: 5' }).problems).toEqual([
      expect.stringMatching(/^f\.yaml:4:16 sinks\.a\.webhook\.address: /),
    ]);
  });

  it.each(['drain: 5', 'drain: [wait]', 'drain:', 'sinks: [webhook]', 'sinks: { a: }', '[]', '5', ''])(
    'of another kind keeps its meaning: %s',
    (yaml) => {
      const file = { path: 'f.yaml', document: parseYaml(yaml) };
      const without = loadConfig(noSources, file, []);
      expect(loadConfig(noSources, file, table)).toEqual(without);
    },
  );

  it('is an old key where nobody says that it is one', () => {
    const file = { path: 'f.yaml', document: parseYaml('drain: { wait: 7s }') };
    const { problems = [] } = loadConfig(noSources, file, []);
    expect(problems.map(formatProblem)).toEqual([expect.stringContaining('drain.wait: is not a key here')]);
  });
});

describe('the table of the program', () => {
  const stars = (key: string) => key.split('.').filter((name) => name === '*').length;

  it.each(deprecations.map((one) => [one.key, one] as const))(
    '%s: fits the schema',
    (key, { instead, since }) => {
      expect(keys.map(({ name }) => name)).not.toContain(key);
      expect(since).toMatch(/^\d+\.\d+\.\d+$/);
      expect(key).not.toMatch(/\*$/);
      if (instead === undefined) return;
      expect(stars(instead)).toBe(stars(key));
      const path = instead.split('.');
      const isLater = deprecations.some((other) => other.key === instead);
      if (!isLater) expect(keysAt(Config, path.slice(0, -1))).toContain(path.at(-1));
    },
  );

  it('has one line for a key', () => {
    expect(new Set(deprecations.map(({ key }) => key)).size).toBe(deprecations.length);
  });
});
