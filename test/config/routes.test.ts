import { describe, expect, it } from 'vitest';
import { registeredHooks } from '../../src/config/hook-list.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import type { Config } from '../../src/config/schema.ts';
import { resolveSinkFiles } from '../../src/config/sink-files.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { noSources } from '../support/sources.ts';

function load(yaml: string) {
  return loadConfig(noSources, { path: 'f.yaml', document: parseYaml(yaml) });
}

function configOf(yaml: string): Config {
  const { config, problems } = load(yaml);
  if (config === undefined) throw new Error(problems?.map(formatProblem).join('\n'));
  return config;
}

const SINKS = 'sinks: { a: { stdout: {} }, b: { http: { url: "http://x" } } }';
const routes = (...lines: string[]) =>
  `${SINKS}\nevents: { routes: [ ${lines.map((line) => `{ ${line} }`).join(', ')} ] }`;

describe('a route', () => {
  it('has defaults', () => {
    expect(configOf(routes('hooks: [message.publish], to: b')).events.routes).toEqual([
      {
        hooks: ['message.publish'],
        to: ['b'],
        delivery: 'after-reply',
        shape: { format: 'structured', pick: undefined, drop: undefined, key: undefined, target: undefined },
      },
    ]);
  });

  it('names hooks by groups, none of which holds logins and actions', () => {
    const hooksOf = (hooks: string) => configOf(routes(`hooks: [${hooks}], to: b`)).events.routes[0]?.hooks;
    expect(hooksOf('"message.*", message.publish')).toEqual([
      'message.publish',
      'message.delivered',
      'message.dropped',
      'message.acked',
    ]);
    expect(hooksOf('"*"')).toHaveLength(19);
    expect(hooksOf('"client.*"')).not.toContain('client.authorize');
    expect(hooksOf('client.authorize')).toEqual(['client.authorize']);
  });

  it.each(['target', 'subject', 'topic', 'stream', 'table', 'routingKey', 'path'])(
    'may call the place where events go its %s',
    (name) => {
      const { events } = configOf(
        routes(`hooks: [message.publish], to: b, shape: { ${name}: "x.\${topic}" }`),
      );
      expect(events.routes[0]?.shape.target).toBe('x.${topic}');
    },
  );

  it('turns standard output off, unless it is asked for', () => {
    expect(configOf('').events.stdout).toBe('auto');
    expect(configOf(routes('hooks: ["*"], to: b')).events.stdout).toBe('off');
    expect(configOf('events: { stdout: json, routes: [] }').events.stdout).toBe('json');
  });
});

describe('problems of routes', () => {
  const at = 'events.routes[0]';
  it.each<[string, string]>([
    [routes('hooks: [message.publish], to: history'), `${at}.to: is not a sink; there are a or b`],
    [routes('hooks: [message.publish], to: [b, aa]'), `${at}.to: is not a sink; did you mean a?`],
    ['events: { routes: [ { hooks: ["*"], to: a } ] }', `${at}.to: is not a sink: none are configured`],
    [routes('hooks: [], to: b'), `${at}.hooks: is empty`],
    [
      routes('hooks: [message.publsh], to: b'),
      `${at}.hooks[0]: is not a hook; did you mean message.publish?`,
    ],
    [routes('hooks: ["messages.*"], to: b'), `${at}.hooks[0]: is not a hook; did you mean message.*?`],
    [routes('hooks: [message.publish], topics: ["a/#/b"], to: b'), `${at}.topics[0]: is not a topic filter`],
    [routes('hooks: ["*"], topics: [a], to: b'), `${at}.topics: applies to message.* hooks only`],
    [routes('hooks: [message.publish], to: b, overflow: spool'), `${at}.overflow: needs a section spool`],
    [
      routes('hooks: [message.publish], to: b, delivery: before-reply, onFailure: spool'),
      `${at}.onFailure: needs a section spool`,
    ],
    [
      routes('hooks: [message.publish], to: b, delivery: before-reply, overflow: drop-oldest'),
      `${at}.overflow: has no effect with delivery: before-reply`,
    ],
    [routes('hooks: [message.publish], to: b, onFailure: pass'), `${at}.onFailure: has no effect`],
    [
      routes(
        'hooks: [message.publish, message.ingress], to: b, delivery: before-reply, onFailure: disconnect',
      ),
      `${at}.onFailure: can be disconnect only for message.ingress`,
    ],
    [
      routes('hooks: ["message.*"], to: b, delivery: before-reply, onFailure: drop'),
      `${at}.onFailure: can be drop only for message.publish and message.ingress`,
    ],
    [
      `spool: { path: ./s }\n${routes('hooks: [message.publish], to: b, overflow: spool, onFailure: spool')}`,
      `${at}.onFailure: cannot be spool when the spool itself has failed`,
    ],
    [
      routes('hooks: [message.publish], to: a, delivery: before-reply'),
      `${at}.delivery: cannot be before-reply for stdout`,
    ],
    [
      routes('hooks: [message.publish], to: b, shape: { subject: x, topic: y }'),
      `${at}.shape.topic: is an alias of subject`,
    ],
    [
      routes('hooks: [message.publish], to: b, shape: { key: "${nobody}" }'),
      `${at}.shape.key: has an unknown placeholder`,
    ],
    [
      routes('hooks: [message.publish], to: b, shape: { pick: [a], drop: [b] }'),
      `${at}.shape.drop: cannot be combined with pick`,
    ],
    [
      routes('hooks: [message.publish], to: b, shape: { drop: [__proto__] }'),
      `${at}.shape.drop[0]: is not a path into the data`,
    ],
    [
      routes('hooks: [message.publish], to: b, shape: { format: raw, drop: [message.payload] }'),
      `${at}.shape: picks or drops parts of data`,
    ],
  ])('%s', (yaml, message) => {
    expect(load(yaml).problems?.map(formatProblem)).toEqual([expect.stringContaining(message)]);
  });
});

describe('problems of sinks', () => {
  it.each<[string, string]>([
    ['sinks: { a: {} }', 'sinks.a: has no kind; write one of'],
    [
      'sinks: { a: { stdout: {}, http: { url: "http://x" } } }',
      'has several kinds, stdout and http; write a sink for each',
    ],
    ['sinks: { "a b": { stdout: {} } }', 'is not the name of a sink'],
    ['sinks: { a: { stdout: {}, deadLetter: b } }', 'sinks.a.deadLetter: is not a sink'],
    ['sinks: { a: { stdout: {}, deadLetter: a } }', 'sinks.a.deadLetter: leads back to this sink'],
    ['sinks: { a: { stdot: {} } }', 'sinks.a.stdot: is not a key here; did you mean stdout?'],
    [
      'sinks: { a: { stdout: {}, queue: { retry: { min: 2s, max: 1s } } } }',
      'sinks.a.queue.retry.max: is shorter than retry.min',
    ],
  ])('%s', (yaml, message) => {
    expect(load(yaml).problems?.map(formatProblem).join('\n')).toContain(message);
  });

  it('are found in dead letters that go round', () => {
    const yaml = 'sinks: { a: { stdout: {}, deadLetter: b }, b: { stdout: {}, deadLetter: a } }';
    expect(load(yaml).problems).toHaveLength(2);
  });
});

describe('warnings', () => {
  const warningsOf = (yaml: string) =>
    load(yaml).warnings?.map(({ where, message }) => `${where}: ${message}`);

  it('name sinks that nobody uses', () => {
    expect(warningsOf(SINKS)).toEqual([
      expect.stringContaining('sinks.a: is not used by any route'),
      expect.stringContaining('sinks.b: is not used by any route'),
    ]);
    expect(warningsOf('sinks: { a: { stdout: {}, deadLetter: b }, b: { stdout: {} } }')).toHaveLength(1);
  });

  it('name routes that others hide, and no others', () => {
    const all = 'hooks: ["*"], to: [a, b]';
    expect(warningsOf(routes(all, 'hooks: [message.publish], topics: [a], to: b'))).toEqual([
      expect.stringContaining('events.routes[1]: has no effect'),
    ]);
    expect(warningsOf(routes('hooks: [message.publish], topics: [a], to: [a, b]', all))).toEqual([]);
    expect(warningsOf(routes('hooks: ["*"], when: "true", to: [a, b]', all))).toEqual([]);
  });

  it('name hooks that yield no events of themselves', () => {
    expect(warningsOf(routes('hooks: [client.authorize], to: [a, b]'))).toEqual([
      expect.stringContaining('lists client.authorize, which yields events only when a custom hook'),
    ]);
  });

  it('name routes whose hooks are not in hooks.register', () => {
    const yaml = `hooks: { register: [client.connected] }\n${routes('hooks: ["client.*"], to: [a, b]')}`;
    expect(warningsOf(yaml)).toEqual([
      expect.stringContaining('events.routes[0].hooks: lists hooks that hooks.register does not'),
    ]);
  });
});

describe('the hooks that are registered', () => {
  const listOf = (yaml: string) =>
    registeredHooks(configOf(yaml)).map(({ name, topics }) => [name, ...topics]);

  it('are those of the routes, with all their topics', () => {
    expect(
      listOf(
        routes(
          'hooks: [message.publish], topics: [a/b, x/#], to: a',
          'hooks: [message.publish, message.dropped], topics: [a/+, x/y], to: b',
          'hooks: [client.connected, provider.loaded], to: b',
        ),
      ),
    ).toEqual([['client.connected'], ['message.publish', 'x/#', 'a/+'], ['message.dropped', 'a/+', 'x/y']]);
  });

  it('are for every topic when one route wants that', () => {
    expect(
      listOf(routes('hooks: [message.publish], topics: [a], to: a', 'hooks: [message.publish], to: b')),
    ).toEqual([['message.publish']]);
  });

  it('are never those about logins and actions for the sake of a route', () => {
    expect(listOf(routes('hooks: [client.authorize, client.authenticate], to: a'))).toEqual([]);
  });

  it('say which route wants them', () => {
    const yaml = routes(
      'name: history, hooks: [message.publish], to: [a, b]',
      'hooks: [message.publish], to: b',
    );
    expect(registeredHooks(configOf(yaml))[0]?.because).toBe(
      'its events go to a and b (history); its events go to b (events.routes[1])',
    );
  });
});

it('paths are found from where the configuration is', () => {
  const config = configOf(
    'spool: { path: ./s }\nsinks: { a: { stdout: {}, deadLetter: { file: ./dead } }, b: { http: { url: "https://x", tls: { ca: ./ca } } } }',
  );
  const { sinks, spool } = resolveSinkFiles(config, (path) => `/base/${path}`);
  expect([sinks.a?.deadLetter, spool?.path]).toEqual([{ file: '/base/./dead' }, '/base/./s']);
  expect(sinks.b?.http?.tls).toMatchObject({ ca: '/base/./ca' });
});
