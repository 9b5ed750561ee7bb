import { describe, expect, it } from 'vitest';
import { messagePublish } from '../../../src/core/hooks/message-publish.ts';
import { aContext, aMessage, aMeta, aProperty } from '../../support/inputs.ts';
import { openPublish } from '../../support/messages.ts';

describe('message.publish', () => {
  it('passes a message unchanged and reports it', () => {
    const message = aMessage();
    const props = [aProperty()];
    const userProps = [aProperty('w', '1')];
    expect(messagePublish.decide({ message, props, userProps, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'pass' },
      events: [
        {
          id: '000660E1F43C26AAF440000001F60002/message.publish',
          type: 'emqx.message.publish',
          subject: 't/a',
          data: { message, props, userProps },
        },
      ],
    });
  });

  it('answers as the rules say, and reports the original message', async () => {
    const publish = await openPublish({
      rules: [
        { topics: 't/a', set: { topic: 'x', payload: 'new' } },
        { topics: 't/b', drop: 'no' },
      ],
    });
    const context = { ...aContext(), policy: { hooks: [], publish } };
    const decide = (topic: string) => {
      const message = aMessage({ topic });
      const outcome = messagePublish.decide({ message, props: [], userProps: [], meta: aMeta() }, context);
      expect(outcome.events?.[0]?.data).toMatchObject({ message });
      return [outcome.reply, outcome.decision?.verdict];
    };
    expect(decide('t/a')).toStrictEqual([
      { kind: 'rewrite', topic: 'x', payload: new TextEncoder().encode('new') },
      'rewrite',
    ]);
    expect(decide('t/b')).toStrictEqual([{ kind: 'drop', reason: 'rule 2: no' }, 'drop']);
    expect(decide('t/c')).toStrictEqual([{ kind: 'pass' }, 'pass']);
  });

  it('gives no id to a message that has none', () => {
    const message = aMessage({ id: '' });
    const { events } = messagePublish.decide(
      { message, props: [], userProps: [], meta: aMeta() },
      aContext(),
    );
    expect(events).toStrictEqual([
      { type: 'emqx.message.publish', subject: 't/a', data: { message, props: [], userProps: [] } },
    ]);
  });

  it('reports an empty payload as it is', () => {
    const message = aMessage({ payload: new Uint8Array() });
    const { events } = messagePublish.decide(
      { message, props: [], userProps: [], meta: aMeta() },
      aContext(),
    );
    expect(events?.[0]?.data).toMatchObject({ message: { payload: new Uint8Array() } });
  });
});
