import { afterAll, beforeAll, describe } from 'vitest';
import { Redis } from '../../../src/sinks/redis/declaration.ts';
import { openRedis } from '../../../src/sinks/redis/open.ts';
import { isRedisMissing, type RedisServer, startRedis } from '../../support/servers/redis.ts';
import { itKeepsTheContract, ours } from '../contract.ts';
import { optionsOf, sinkWorld } from '../options.ts';
import { readStreams, toReceived } from './read-stream.ts';

const password = 'p@ss:word/%41';

describe.skipIf(isRedisMissing).each([
  ['as they come', {}, 'possible'],
  ['each id once', { dedupe: { ttl: '1h' } }, 'dropped'],
] as const)('redis, %s', (_, further, duplicates) => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis({ password });
    await server.cli('SET', 'no-stream', 'x');
  });
  afterAll(() => server?.close());

  const open = (options: object = {}) => {
    const written = {
      url: `redis://127.0.0.1:${server.port}`,
      password: { env: 'PASSWORD' },
      timeout: '2s',
      ...further,
      ...options,
    };
    return openRedis(optionsOf(Redis, written), sinkWorld({ env: { PASSWORD: password } }));
  };

  itKeepsTheContract(
    ours({
      open,
      read: async () => (await readStreams({ port: server.port, password })).map(toReceived),
      server: {
        start: () => server.start(),
        stop: () => server.stop(),
        kill: () => server.kill(),
      },
      ordering: 'per-key',
      duplicates,
      refuse: (delivery) => ({ ...delivery, target: 'no-stream' }),
      hasTargets: true,
      broken: [
        {
          title: 'the password is wrong',
          open: () => open({ password: 'not-the-password' }),
          says: /Redis at 127\.0\.0\.1:\d+ failed: WRONGPASS, .*see username and password/,
          secrets: ['not-the-password'],
        },
        {
          title: 'there is no password',
          open: () => open({ password: undefined }),
          says: /NOAUTH, it demands a password: see username and password/,
        },
        {
          title: 'the stream is missing and is not to be made',
          open: () => open({ stream: 'missing', create: false }),
          says: /there is no such stream: create it, or see create/,
        },
        {
          title: 'the key of the stream holds something else',
          open: () => open({ stream: 'no-stream' }),
          says: /WRONGTYPE, the key of the stream holds another type than a stream/,
        },
        {
          title: 'the host is not there',
          open: () => open({ url: 'redis://nowhere.invalid' }),
          says: /Redis at nowhere\.invalid:6379 failed: (ENOTFOUND|EAI_AGAIN)/,
        },
      ],
    }),
  );
});
