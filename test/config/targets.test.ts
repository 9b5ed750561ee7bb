import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { noSources } from '../support/sources.ts';

const sinks = {
  redis: { redis: { url: 'redis://localhost:6379' } },
  nats: { nats: { servers: ['nats://127.0.0.1:4222'] } },
  kafka: { kafka: { brokers: ['127.0.0.1:9092'] } },
  postgres: { postgres: { database: 'd', user: 'u' } },
  queue: { rabbitmq: { user: 'u', password: 'p' } },
  exchange: { rabbitmq: { user: 'u', password: 'p', exchange: 'events' } },
  mqtt: { mqtt: { host: 'localhost' } },
  service: { http: { url: 'http://127.0.0.1:8080' } },
  collector: { http: { url: 'http://127.0.0.1:8080/events' } },
  file: { file: { path: './events.jsonl' } },
};

/** Messages about routes with these targets, by the names of their sinks. */
function said(routes: Record<string, string>, more: object = {}): { problems: string[]; warnings: string[] } {
  const used = Object.keys(routes);
  const config = {
    sinks: Object.fromEntries(Object.entries(sinks).filter(([name]) => used.includes(name))),
    events: {
      routes: Object.entries(routes).map(([to, target]) => ({
        hooks: ['message.publish'],
        to,
        shape: { target },
      })),
    },
    ...more,
  };
  const document = { content: config, problems: [], locate: () => ({ line: 1, column: 1 }) };
  const loaded = loadConfig(noSources, { path: 'f.yaml', document });
  return {
    problems: (loaded.problems ?? []).map(formatProblem),
    warnings: (loaded.warnings ?? []).map(formatProblem),
  };
}

const grants = (redis: object) => ({
  authorize: { rules: [{ deny: 'all', topics: '#' }], grants: { redis } },
});

describe("a target that begins with a client's choice", () => {
  it.each([
    ['redis', 'any key of this Redis', '"mqtt:"'],
    ['nats', 'any subject', '"mqtt."'],
    ['kafka', 'any topic of the cluster', '"mqtt."'],
    ['postgres', 'any table', '"mqtt_"'],
    ['queue', 'any queue', '"mqtt."'],
    ['service', 'any path of this service', '"mqtt/"'],
  ])('is warned of in the sink %s', (name, place, example) => {
    for (const target of ['${topic}', '${clientid}.x', '${username}', '${subject}', '${id}'])
      expect(said({ [name]: target })).toEqual({
        problems: [],
        warnings: [
          `f.yaml:1:1 events.routes[0].shape: begins with a value that a client chooses, which can name ${place}; begin it with a fixed text, such as ${example}`,
        ],
      });
  });

  it.each(['exchange', 'mqtt', 'collector', 'file'])('is not in the sink %s, where others decide', (name) => {
    expect(said({ [name]: '${topic}' })).toEqual({ problems: [], warnings: [] });
  });

  it.each(['mqtt:${topic}', '${hook}:${topic}', '${node}:${clientid}', 'mqtt', '${type}'])(
    'is not %s',
    (target) => {
      expect(said({ redis: target })).toEqual({ problems: [], warnings: [] });
    },
  );

  it('is warned of where dead letters take it, too', () => {
    const { warnings } = said(
      { file: '${topic}' },
      { sinks: { file: { ...sinks.file, deadLetter: 'redis' }, redis: sinks.redis } },
    );
    expect(warnings).toEqual([expect.stringContaining('can name any key of this Redis')]);
  });
});

describe('a target in Redis', () => {
  const reaches = 'may lead to keys that begin with authorize.grants.redis.prefix';

  it.each([
    ['${topic}', {}],
    ['e${topic}', {}],
    ['exhook:grants:${topic}', {}],
    ['exhook:grants:emqx@${topic}', {}],
    ['g:${topic}', { prefix: 'g:' }],
    ['g:1:${topic}', { prefix: 'g:' }],
    ['g${topic}', { prefix: 'g:' }],
    ['${topic}', { url: 'rediss://127.0.0.1/0' }],
    ['${topic}', { url: 'redis://[::1]:6379' }],
  ])('that may be a key of grants in the same Redis is refused: %s beside %j', (target, redis) => {
    const { problems } = said({ redis: target }, grants({ url: 'redis://127.0.0.1:6379', ...redis }));
    expect(problems).toEqual([expect.stringContaining(`events.routes[0].shape: ${reaches}`)]);
  });

  it.each([
    ['mqtt:${topic}', {}],
    ['exhook:events:${topic}', {}],
    ['${hook}:${topic}', {}],
    ['exhook:grants:', {}],
    ['g:${topic}', { prefix: 'h:' }],
  ])('that can be none is taken: %s beside %j', (target, redis) => {
    const config = grants({ url: 'redis://127.0.0.1:6379', ...redis });
    expect(said({ redis: target }, config)).toEqual({ problems: [], warnings: [] });
  });

  it.each([
    { url: 'redis://other:6379' },
    { url: 'redis://127.0.0.1:6380' },
    { url: 'redis://127.0.0.1:6379/1' },
  ])('is only warned of when the grants are in another one: %j', (redis) => {
    const { problems, warnings } = said({ redis: '${topic}' }, grants(redis));
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('can name any key of this Redis')]);
  });

  it('that may be a key of grants of another server is warned of', () => {
    const { problems, warnings } = said({ redis: 'exhook:${topic}' });
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('may lead to keys of grants ("exhook:grants:")')]);
  });
});
