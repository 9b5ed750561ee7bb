/** Several built servers for one broker, with what clients were granted in one redis-server. */
import jsonwebtoken from 'jsonwebtoken';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { until } from '../support/servers/process.ts';
import { isRedisMissing, type RedisOptions, type RedisServer, startRedis } from '../support/servers/redis.ts';
import { login, publish } from './support/policy.ts';
import { serverOf } from './support/policy-server.ts';
import { run, temporaryFile } from './support/program.ts';

const SECRET = 'a secret of thirty-two bytes or so';
const REDIS_PASSWORD = 'not to be told';

async function aRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const redis = await startRedis({ password: REDIS_PASSWORD, ...options });
  onTestFinished(() => redis.close());
  return redis;
}

interface Given {
  readonly redis?: object;
  readonly authenticate?: object;
  readonly authorize?: object;
}

function configOf(port: number, { redis, authenticate, authorize }: Given = {}) {
  const shared = {
    url: `redis://127.0.0.1:${port}`,
    password: { env: 'REDIS_PASSWORD' },
    freshness: 0,
    ...redis,
  };
  return {
    authenticate: {
      methods: [{ jwt: { secret: SECRET, requireExpiry: false } }],
      otherwise: 'deny',
      ...authenticate,
    },
    authorize: { rules: [{ allow: 'publish', topics: 'public' }], grants: { redis: shared }, ...authorize },
  };
}

const env = { REDIS_PASSWORD };
const startOne = (port: number, given?: Given) => serverOf(configOf(port, given), {}, [], { env });

const token = (claims: object) => jsonwebtoken.sign(claims, SECRET, { algorithm: 'HS256' });
const mayPublish = (...topics: string[]) => token({ acl: { pub: topics } });
const client = { clientid: 'meter:1%', username: 'meter' };

describe.skipIf(isRedisMissing)('two servers that share grants in Redis', () => {
  it('both know what one of them granted, from the first topic on', async () => {
    const redis = await aRedis();
    const [one, other] = [await startOne(redis.port), await startOne(redis.port)];
    expect(await publish(other.broker, client, 'own')).toBe(false);
    expect(await login(one.broker, { ...client, password: mayPublish('own') })).toBe(true);
    expect(await publish(other.broker, client, 'own')).toBe(true);
    expect(await publish(other.broker, client, 'other')).toBe(false);
    expect(await publish(other.broker, { ...client, clientid: 'meter2' }, 'own')).toBe(false);
    expect(await publish(other.broker, { ...client, username: 'another' }, 'own')).toBe(false);
    expect(await redis.cli('KEYS', '*')).toBe('exhook:grants:emqx@127.0.0.1:meter%3A1%25');
  });

  it('both follow a newer login, and one that brings nothing', async () => {
    const redis = await aRedis();
    const [one, other] = [await startOne(redis.port), await startOne(redis.port)];
    await login(one.broker, { ...client, password: mayPublish('old') });
    await login(other.broker, { ...client, password: mayPublish('new') });
    for (const { broker } of [one, other]) {
      expect(await publish(broker, client, 'old')).toBe(false);
      expect(await publish(broker, client, 'new')).toBe(true);
    }
    await login(one.broker, { ...client, password: token({}) });
    for (const { broker } of [one, other]) {
      expect(await publish(broker, client, 'new')).toBe(false);
      expect(await publish(broker, client, 'public')).toBe(true);
    }
    expect(await redis.cli('DBSIZE')).toBe('0');
  });

  it('keep a refused login from changing the grants of the client', async () => {
    const redis = await aRedis();
    const [one, other] = [await startOne(redis.port), await startOne(redis.port)];
    await login(one.broker, { ...client, password: mayPublish('own') });
    expect(await login(other.broker, { ...client, password: 'no token' })).toBe(false);
    expect(await publish(one.broker, client, 'own')).toBe(true);
  });

  it('may be one for logins and one for topics', async () => {
    const redis = await aRedis();
    const one = await startOne(redis.port);
    const { authorize } = configOf(redis.port);
    const other = await serverOf({ authorize }, {}, [], { env });
    await login(one.broker, { ...client, password: mayPublish('own') });
    expect(await publish(other.broker, client, 'own')).toBe(true);
  });

  it('deny everything once the time of a grant is over, wherever it was given', async () => {
    const redis = await aRedis();
    const [one, other] = [await startOne(redis.port), await startOne(redis.port)];
    const password = token({ exp: Math.floor(Date.now() / 1000) + 2, acl: { pub: ['own'] } });
    expect(await login(one.broker, { ...client, password })).toBe(true);
    expect(await publish(other.broker, client, 'own')).toBe(true);
    await until('the end of the token', async () => (await publish(other.broker, client, 'own')) === false);
    // Not as if nothing had been granted: then the rule would allow it.
    expect(await publish(other.broker, client, 'public')).toBe(false);
  });

  it('work with tokens in the user name without Redis', async () => {
    const port = await freePort();
    const methods = [{ jwt: { secret: SECRET, from: 'username', requireExpiry: false } }];
    const { broker } = await startOne(port, { authenticate: { methods } });
    const names = { clientid: 'm', username: mayPublish('own') };
    expect(await login(broker, names)).toBe(true);
    expect(await publish(broker, names, 'own')).toBe(true);
  });
});

describe.skipIf(isRedisMissing)('a server whose Redis goes away', () => {
  it('denies logins and topics that need it, and continues when it is back', async () => {
    const redis = await aRedis();
    const { server, broker } = await startOne(redis.port, { redis: { timeout: '1s' } });
    await login(broker, { ...client, password: mayPublish('own') });
    await redis.kill();
    expect(await login(broker, { ...client, password: mayPublish('own') })).toBe(false);
    expect(await publish(broker, client, 'public')).toBe(false);
    await server.logged(
      /^Redis at 127\.0\.0\.1:\d+ cannot be used \(\w+\): requests that need it fail until it answers$/,
    );
    await redis.start();
    await server.logged(/^Redis at 127\.0\.0\.1:\d+ answers again$/);
    await until(
      'a login',
      async () => (await login(broker, { ...client, password: mayPublish('new') })) === true,
    );
    expect(await publish(broker, client, 'new')).toBe(true);
    expect(server.stderr.text).not.toContain(REDIS_PASSWORD);
  });

  it.each([
    ['allow', true],
    ['ignore', 'ignore'],
    ['error', expect.stringMatching(/^status (4|14): /)],
  ])('answers with onError: %s', async (onError, verdict) => {
    const { broker } = await startOne(await freePort(), {
      redis: { timeout: '100ms' },
      authenticate: { onError },
      authorize: { onError },
    });
    expect(await login(broker, { ...client, password: mayPublish('own') })).toEqual(verdict);
    expect(await publish(broker, client, 'own')).toEqual(verdict);
  });

  it('trusts what it has read for a while', async () => {
    const redis = await aRedis();
    const { broker } = await startOne(redis.port, { redis: { freshness: '1h', timeout: '2s' } });
    expect(await login(broker, { ...client, password: mayPublish('own') })).toBe(true);
    await redis.kill();
    expect(await publish(broker, client, 'own')).toBe(true);
    expect(await publish(broker, { ...client, clientid: 'another' }, 'public')).toBe(false);
  });

  it('starts without it, and ends without it', async () => {
    const { server } = await startOne(await freePort());
    await server.logged(/^Redis at 127\.0\.0\.1:\d+ cannot be used \(ECONNREFUSED\)/);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('ends while it is silent', async () => {
    const redis = await aRedis();
    const { server, broker } = await startOne(redis.port);
    await login(broker, { ...client, password: mayPublish('own') });
    await redis.freeze();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('grants in Redis', () => {
  const startWith = async (redis: object) => {
    const path = temporaryFile(
      'exhook.yaml',
      JSON.stringify({ events: { stdout: 'off' }, ...configOf(6379, { redis }) }),
    );
    return await run(['--config', path], { env: { PORT: '0', HOST: '127.0.0.1' } });
  };

  it.each([
    [{}, /exhook\.yaml:1:\d+ authorize\.grants\.redis: environment variable REDIS_PASSWORD is not set/],
    [{ password: { file: './none' } }, /authorize\.grants\.redis: cannot read \S+none: ENOENT/],
    [{ url: 'http://host' }, 'is not a URL of Redis; write one such as redis://host:6379'],
    [
      { url: 'redis://user:SECRET@host' },
      'contains a user name or a password; write them as separate keys, username: and password:',
    ],
    [{ url: 'redis://host/prefix' }, 'has more than a host, a port and a database number'],
    [{ url: 'redis://host', ca: './ca.pem' }, 'does not use TLS, so ca, cert and key have no effect'],
    [{ url: 'rediss://host', cert: './cert.pem' }, 'has one of cert and key; write both, or neither'],
    [{ timeout: 0 }, 'authorize.grants.redis.timeout: is not a duration'],
  ])('with %j end at the start with a message', async (redis, message) => {
    const { code, stderr } = await startWith(redis);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('SECRET');
  });
});
