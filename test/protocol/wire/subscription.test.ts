import { describe, expect, it } from 'vitest';
import { liftTopic, liftTopicFilter } from '../../../src/protocol/wire/subscription.ts';

describe('liftTopic', () => {
  it.each([
    ['t/#', undefined, 't/#'],
    ['t/#', '', 't/#'],
    ['t/#', 'g1', '$share/g1/t/#'],
    ['t/#', '$queue', '$queue/t/#'],
    ['$share/g1/t', '', '$share/g1/t'],
    ['', 'g', '$share/g/'],
  ])('makes of %j in the group %j the filter %j', (topic, share, filter) => {
    expect(liftTopic(topic, share)).toBe(filter);
  });
});

describe('liftTopicFilter', () => {
  it('takes the QoS of brokers before 5.4', () => {
    expect(liftTopicFilter({ name: 't', qos: 2 })).toStrictEqual({
      name: 't',
      subopts: { qos: 2, rh: 0, rap: 0, nl: 0 },
    });
  });

  it('takes the options of brokers from 5.4 on, and not the QoS that they do not send', () => {
    const subopts = { qos: 1, rh: 2, rap: 1, nl: 1 };
    expect(liftTopicFilter({ name: 't', qos: 0, subopts })).toStrictEqual({ name: 't', subopts });
  });
});
