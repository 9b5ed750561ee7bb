import { describe, expect, it } from 'vitest';
import { admits, permits, readIngress, readPublish } from '../../../../src/cli/dev/exhook/answers.ts';
import type { Answer } from '../../../../src/cli/dev/exhook/provider.ts';

const CONTINUE = 0;
const IGNORE = 1;
const STOP = 2;
const reply = (type: number, value?: object): Answer =>
  ({ kind: 'reply', response: { type, value: value ?? { case: undefined } } }) as unknown as Answer;
const bool = (value: boolean) => ({ case: 'boolResult', value });
const message = (headers = {}) => ({
  case: 'message',
  value: { topic: 't', qos: 1, payload: new Uint8Array(), headers },
});
const notAsked: Answer = { kind: 'not-asked' };
const failed: Answer = { kind: 'failed', reason: 'no answer within 5000 ms' };

describe('a login', () => {
  it.each<[string, Answer, before59: boolean, from59: boolean]>([
    ['true', reply(STOP, bool(true)), true, true],
    ['true that others may change', reply(CONTINUE, bool(true)), true, true],
    ['false', reply(STOP, bool(false)), false, false],
    ['IGNORE', reply(IGNORE), false, true],
    ['no value', reply(STOP), false, true],
    ['a message', reply(STOP, message()), false, true],
    ['no answer', failed, false, false],
    ['no question', notAsked, true, true],
  ])('with %s is admitted before EMQX 5.9: %s, and from then on: %s', (_, answer, before59, from59) => {
    expect(admits(answer, { admitsByItself: false })).toBe(before59);
    expect(admits(answer, { admitsByItself: true })).toBe(from59);
  });
});

describe('a topic', () => {
  it.each<[string, Answer, boolean]>([
    ['true', reply(STOP, bool(true)), true],
    ['false', reply(CONTINUE, bool(false)), false],
    ['IGNORE', reply(IGNORE), true],
    ['no answer', failed, false],
    ['no question', notAsked, true],
  ])('with %s is allowed: %s', (_, answer, isAllowed) => {
    expect(permits(answer)).toBe(isAllowed);
  });
});

describe('a message', () => {
  const dropped = message({ allow_publish: 'false' });

  it.each<[string, Answer, publish: string, ingress: string]>([
    ['IGNORE', reply(IGNORE), 'unchanged', 'unchanged'],
    ['a message', reply(STOP, message()), 'replaced', 'replaced'],
    ['a message that others may change', reply(CONTINUE, message()), 'replaced', 'replaced'],
    ['true', reply(STOP, bool(true)), 'unchanged', 'rejected'],
    ['false', reply(CONTINUE, bool(false)), 'unchanged', 'rejected'],
    ['no value', reply(STOP), 'unchanged', 'rejected'],
    ['an unknown type', reply(7), 'unchanged', 'rejected'],
    ['no answer', failed, 'unchanged', 'rejected'],
    ['no question', notAsked, 'unchanged', 'unchanged'],
  ])('with %s is %s at message.publish, and %s at message.ingress', (_, answer, publish, ingress) => {
    expect(readPublish(answer).kind).toBe(publish);
    expect(readIngress(answer).kind).toBe(ingress);
  });

  it('with the header allow_publish = false is dropped', () => {
    expect(readPublish(reply(STOP, dropped))).toMatchObject({ isDropped: true });
    expect(readPublish(reply(STOP, message({ allow_publish: 'true' })))).toMatchObject({ isDropped: false });
  });
});
