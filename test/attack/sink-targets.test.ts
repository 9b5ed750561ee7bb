/** Clients that choose topics and client ids to make events land where they do harm. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { publish } from '../program/support/policy.ts';
import { serverOf } from '../program/support/policy-server.ts';
import { exhook, temporaryFile } from '../program/support/program.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';
import { isRedisMissing, startRedis } from '../support/servers/redis.ts';

const rpc = rpcFor('message.publish');
const toRedis = (port: number, target: string) => ({
  sinks: { history: { redis: { url: `redis://127.0.0.1:${port}` } } },
  events: {
    stdout: 'off',
    routes: [
      { hooks: ['message.publish'], to: 'history', shape: { stream: target }, delivery: 'before-reply' },
    ],
  },
});
const grantsIn = (port: number) => ({
  authenticate: { methods: [{ anonymous: {} }], otherwise: 'deny', iKnowThisAllowsEveryone: true },
  authorize: {
    rules: [{ allow: 'publish', topics: 'public' }],
    grants: { redis: { url: `redis://127.0.0.1:${port}`, freshness: 0 } },
  },
});

describe.skipIf(isRedisMissing)('an attacker who names topics like the keys of grants', () => {
  const victims = ['victim', 'meter:1%'];

  it('gets no client denied, and no other key into Redis', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.close());
    const guarded = await serverOf(grantsIn(redis.port));
    const leaky = await serverOf(toRedis(redis.port, '${topic}'));
    for (const clientid of victims) expect(await publish(guarded.broker, { clientid }, 'public')).toBe(true);
    const keyed = victims.map((id) => id.replaceAll('%', '%25').replaceAll(':', '%3A'));
    const topics = keyed.flatMap((id) => ['emqx@127.0.0.1', ''].map((node) => `exhook:grants:${node}:${id}`));
    for (const topic of [...topics, 'exhook:grants:'])
      await leaky.broker.call(rpc.path, requestOf(rpc, { message: { id: topic, topic, from: 'attacker' } }));
    for (const clientid of victims) expect(await publish(guarded.broker, { clientid }, 'public')).toBe(true);
    expect(await redis.cli('KEYS', 'exhook:grants:*')).toBe('');
  });

  it('is reported to the operator before the server starts, if grants and events share a Redis', async () => {
    const port = await freePort();
    for (const target of ['${topic}', 'exhook:${clientid}']) {
      const file = temporaryFile(
        'exhook.yaml',
        JSON.stringify({ ...grantsIn(port), ...toRedis(port, target) }),
      );
      const { code, stderr } = await exhook(['check', file]);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /events\.routes\[0\]\.shape: may lead to keys that begin with authorize\.grants/,
      );
    }
  });
});
