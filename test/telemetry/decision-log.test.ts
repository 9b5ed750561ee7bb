import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/protocol/schema/decision.ts';
import { rpcs } from '../../src/protocol/wire/rpc.ts';
import { createDecisionLog, type DecisionLogOptions } from '../../src/telemetry/decision-log.ts';
import { aClient, aCredential, aMeta, SECRET } from '../support/inputs.ts';
import { publishInput } from '../support/messages.ts';

const rpcOf = (hook: string) =>
  rpcs.find((rpc) => rpc.version === 'v3' && rpc.hook === hook) as (typeof rpcs)[number];

const denied: Decision = { verdict: 'deny', by: 'rule 1', reason: 'a rule denies it', isShadow: false };
const input = { clientinfo: aClient(), type: 1, topic: 't/#', result: true, meta: aMeta() } as const;

function setup(
  options: Partial<DecisionLogOptions> = {},
  world: { random?: () => number; level?: boolean } = {},
) {
  const records: [object, string][] = [];
  const log = {
    info: (record: object, text: string) => void records.push([record, text]),
    isLevelEnabled: () => world.level ?? true,
  } as never;
  const write = createDecisionLog(
    log,
    { log: 'all', sample: 1, ...options },
    { newId: () => 'id', ...world },
  );
  return { records, write };
}

describe('the decision log', () => {
  it('writes one record a verdict', () => {
    const { records, write } = setup();
    write(rpcOf('client.authorize'), input, denied, '1-abc', 0.0214);
    expect(records).toEqual([
      [
        {
          decision: 'id',
          hook: 'client.authorize',
          node: 'emqx@127.0.0.1',
          clientid: 'sub-a',
          username: 'alice',
          peerhost: '127.0.0.1',
          action: 'subscribe',
          topic: 't/#',
          verdict: 'deny',
          by: 'rule 1',
          reason: 'a rule denies it',
          revision: '1-abc',
          ms: 0.021,
        },
        'denied',
      ],
    ]);
  });

  it('writes of a message who sent it where, and never its payload', () => {
    const { records, write } = setup();
    const sent = publishInput({
      topic: 'a/b',
      payload: SECRET,
      from: 'c1',
      headers: { username: 'e30.e30.c2ln' },
    });
    const decision: Decision = { verdict: 'drop', by: 'r', reason: 'why', isShadow: false, isFailure: true };
    write(rpcOf('message.publish'), sent, { ...decision, rules: ['r'] }, '1-abc', 0.02);
    expect(records).toEqual([
      [
        {
          decision: 'id',
          hook: 'message.publish',
          node: 'emqx@127.0.0.1',
          messageid: sent.message.id,
          clientid: 'c1',
          username: '(a token)',
          peerhost: '',
          topic: 'a/b',
          qos: 1,
          verdict: 'drop',
          by: 'r',
          reason: 'why',
          failed: true,
          revision: '1-abc',
          ms: 0.02,
        },
        'dropped',
      ],
    ]);
    expect(JSON.stringify(records)).not.toContain(SECRET);
  });

  it.each([
    [{ verdict: 'drop' }, true],
    [{ verdict: 'pass', isFailure: true }, true],
    [{ verdict: 'pass' }, false],
    [{ verdict: 'rewrite' }, false],
  ] as const)('of those that were denied has %j: %s', (more, isThere) => {
    const { records, write } = setup({ log: 'denied' });
    write(rpcOf('message.publish'), publishInput({}), { ...denied, ...more }, '1', 0);
    expect(records).toHaveLength(isThere ? 1 : 0);
  });

  it('contains neither the password of a login, nor a token in the user name, nor the grants', () => {
    const { records, write } = setup();
    const clientinfo = aCredential({ username: 'e30.e30.c2ln' });
    const grant = { tags: { a: 'granted' } };
    write(
      rpcOf('client.authenticate'),
      { ...input, clientinfo } as never,
      { ...denied, grant },
      undefined,
      1,
    );
    const text = JSON.stringify(records);
    expect(text).toContain('(a token)');
    for (const secret of [SECRET, 'e30', 'granted']) expect(text).not.toContain(secret);
  });

  it.each<
    [Partial<DecisionLogOptions>, Decision['verdict'], { random?: () => number; level?: boolean }, number]
  >([
    [{ log: 'denied' }, 'allow', {}, 0],
    [{ log: 'denied' }, 'deny', {}, 1],
    [{ log: 'all' }, 'ignore', {}, 1],
    [{ log: 'off' }, 'deny', {}, 0],
    [{ sample: 0.5 }, 'deny', { random: () => 0.49 }, 1],
    [{ sample: 0.5 }, 'deny', { random: () => 0.5 }, 0],
    [{ sample: 0 }, 'deny', { random: () => 0 }, 0],
    [{}, 'deny', { level: false }, 0],
  ])('%j of %s with %j: %i', (options, verdict, world, count) => {
    const { records, write } = setup(options, world);
    write(rpcOf('client.authorize'), input, { ...denied, verdict }, undefined, 1);
    expect(records).toHaveLength(count);
  });

  it('says what would have been', () => {
    const { records, write } = setup();
    write(rpcOf('client.authorize'), input, { ...denied, isShadow: true }, undefined, 1);
    expect(records).toMatchObject([[{ shadow: true }, 'would be denied']]);
  });
});
