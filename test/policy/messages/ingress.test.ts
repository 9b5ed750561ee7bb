import { describe, expect, it } from 'vitest';
import { messageIngress } from '../../../src/core/hooks/message-ingress.ts';
import { messagePublish } from '../../../src/core/hooks/message-publish.ts';
import { aContext } from '../../support/inputs.ts';
import { ingressInput, openPublish, type PublishSection, publishInput } from '../../support/messages.ts';

const rules: PublishSection['rules'] = [
  { topics: 'bad/#', drop: 'not wanted' },
  { topics: '#', set: { topic: 'p/${topic}' } },
];

/** Both calls for one message: the second gets what the first answered. */
async function send(section: Omit<PublishSection, 'rules'>, topic: string, wasAtIngress?: boolean) {
  const publish = {
    ...(await openPublish({ rules, ...section })),
    wasAtIngress: () => wasAtIngress === true,
  };
  const context = { ...aContext(), policy: { hooks: [], publish } };
  return {
    ingress: messageIngress.decide(ingressInput({ topic }), context),
    publish: messagePublish.decide(publishInput({ topic }), context),
  };
}

describe('rules at message.publish, which is the default', () => {
  it('leave message.ingress alone', async () => {
    const { ingress, publish } = await send({}, 't');
    expect([ingress.reply, ingress.decision]).toStrictEqual([{ kind: 'pass' }, undefined]);
    expect(publish.reply).toStrictEqual({ kind: 'rewrite', topic: 'p/t' });
  });

  it('judge a message there whatever was at ingress', async () => {
    const { publish } = await send({}, 't', true);
    expect(publish.reply).toStrictEqual({ kind: 'rewrite', topic: 'p/t' });
  });
});

describe.each(['ingress', 'auto'] as const)('rules at %s', (at) => {
  it('judge at message.ingress', async () => {
    const { ingress } = await send({ at }, 't', true);
    expect(ingress.reply).toStrictEqual({ kind: 'rewrite', topic: 'p/t' });
    expect(ingress.decision).toMatchObject({ verdict: 'rewrite', by: 'rule 2' });
    expect(ingress.events).toMatchObject([{ type: 'emqx.message.ingress', subject: 't' }]);
  });

  it('do not judge the rewritten message again', async () => {
    const { publish } = await send({ at }, 'p/t', true);
    expect([publish.reply, publish.decision]).toStrictEqual([{ kind: 'pass' }, undefined]);
    expect(publish.events).toMatchObject([{ type: 'emqx.message.publish', subject: 'p/t' }]);
  });

  it('judge at message.publish what never was at message.ingress', async () => {
    const { publish } = await send({ at }, 'bad/x', false);
    expect(publish.reply).toStrictEqual({ kind: 'drop', reason: 'rule 1: not wanted' });
  });

  it('ignore at message.publish what was dropped silently before', async () => {
    const publish = await openPublish({ rules, at });
    const context = { ...aContext(), policy: { hooks: [], publish } };
    const dropped = publishInput({ topic: 'bad/x', headers: { allow_publish: 'false' } });
    expect(messagePublish.decide(dropped, context)).toMatchObject({ reply: { kind: 'pass' } });
    expect(messagePublish.decide(dropped, context).decision).toBeUndefined();
    const other = publishInput({ topic: 'bad/x', headers: { allow_publish: 'true' } });
    expect(messagePublish.decide(other, context).reply).toMatchObject({ kind: 'drop' });
  });

  it('drop in silence unless told otherwise', async () => {
    const { ingress } = await send({ at }, 'bad/x');
    expect(ingress.reply).toStrictEqual({ kind: 'drop', reason: 'rule 1: not wanted' });
  });

  it('disconnect the client of a dropped message when told to', async () => {
    const { ingress } = await send({ at, ingressDrop: 'disconnect' }, 'bad/x');
    expect(ingress.reply).toStrictEqual({ kind: 'deny', reason: 'rule 1: not wanted' });
    expect(ingress.decision).toMatchObject({ verdict: 'drop' });
  });

  it('change nothing in shadow mode', async () => {
    const { ingress } = await send({ at, mode: 'shadow', ingressDrop: 'disconnect' }, 'bad/x');
    expect(ingress.reply).toStrictEqual({ kind: 'pass' });
  });

  it('cannot set a QoS', async () => {
    const set = { topics: 'a', set: { qos: 1 as const } };
    await expect(openPublish({ at, rules: [set] })).rejects.toThrow('cannot be changed at message.ingress');
  });
});
