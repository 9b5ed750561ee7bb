import { describe, expect, test } from 'vitest';
import { compileRules } from '../../../src/policy/topics/authorize.ts';
import type { Rule } from '../../../src/policy/topics/rule.ts';
import { readTopic } from '../../../src/policy/topics/topic-prefix.ts';
import { someone } from '../someone.ts';

/** `a & b`: both must be allowed; `!a`: only a denial counts; `any`: it may be any topic; `= a`: rules may name a. */
function readingOf(filter: string, version: string): string {
  const readings = readTopic('subscribe', filter, version);
  if (readings === undefined) return 'what it says';
  const { topics, deniable, isAnything, named } = readings;
  const parts = [...topics, ...deniable.map((topic) => `!${topic}`), ...(isAnything ? ['any'] : [])];
  return parts.join(' & ') + (named === undefined ? '' : ` = ${named}`);
}

describe('a topic filter', () => {
  test.each([
    // Without a prefix, or with one that is a place like any other.
    ['6.2.0', 'a/b', 'what it says'],
    ['', '$SYS/#', 'what it says'],
    ['', '$events/x', 'what it says'],
    ['', '+/a', 'what it says'],
    // Shared subscriptions [MQTT-4.8.2-1]
    ['', '$share/g/a/+', 'a/+'],
    ['', '$share/g//a', '/a'],
    ['', '$share/g/$SYS/#', '$SYS/#'],
    ['', '$share/g', 'any = $share/g'],
    ['', '$share/g/', 'any = $share/g/'],
    ['', '$share//a', 'any = $share//a'],
    ['', '$shared/g/a', 'any = $shared/g/a'],
    ['5.8.3', '$share/g/$exclusive/a', 'a'],
    // $queue: a shared subscription, then a message queue.
    ['4.4.19', '$queue/a/#', 'a/#'],
    ['5.0.5', '$queue/a/#', 'any = $queue/a/#'],
    ['5.1.2', '$queue/a/#', 'a/#'],
    ['5.10.3', '$queue/a/#', 'a/#'],
    ['6.1.0', '$queue/a/#', 'a/#'],
    ['6.1.1', '$queue/a/#', '# & !a/# = $queue/a/#'],
    ['6.2.0', '$queue/a/b', 'b & !a/b = $queue/a/b'],
    ['6.2.0', '$queue/a', '!a & any = $queue/a'],
    ['6.2.0', '$share/g/$queue/a/b', 'b & !a/b = $queue/a/b'],
    ['', '$queue/a/b', 'a/b & b = $queue/a/b'],
    ['', '$queue/a', 'a & any = $queue/a'],
    ['6.1.0-g1a2b3c4d', '$queue/a/b', 'a/b & b = $queue/a/b'],
    ['', '$queue/', 'any = $queue/'],
    // Queues and streams without a name.
    ['6.0.0', '$q/a/#', 'a/# = $q/a/#'],
    ['5.10.3', '$q/a/#', 'a/# & any = $q/a/#'],
    ['', '$q/a/#', 'a/# & any = $q/a/#'],
    ['6.1.0', '$s/earliest/a/#', 'a/# = $s/earliest/a/#'],
    ['6.1.0', '$s/a', 'any = $s/a'],
    ['6.0.3', '$s/earliest/a', 'a & any = $s/earliest/a'],
    ['6.1.1', '$stream/n/a/#', 'a/# = $stream/n/a/#'],
    ['6.1.1', '$stream/n', 'any = $stream/n'],
    ['6.1.0', '$stream/n/a', 'a & any = $stream/n/a'],
    // Taken off before a broker asks.
    ['5.8.3', '$exclusive/a/+', 'a/+'],
    ['5.8.3', '$delayed/10/a', 'a'],
    ['5.8.3', '$delayed/a', 'any = $delayed/a'],
    // An unknown prefix.
    ['6.2.0', '$new/n/a', 'any = $new/n/a'],
    ['6.2.0', '$', 'any = $'],
    ['6.2.0', '$sp/0/earliest/a', 'any = $sp/0/earliest/a'],
    ['6.2.0', `${'$exclusive/'.repeat(4)}a`, 'a'],
    ['6.2.0', `${'$exclusive/'.repeat(5)}a`, 'any = $exclusive/a'],
  ])('of EMQX %o that reads %s is %s', (version, filter, expected) =>
    expect(readingOf(filter, version)).toBe(expected),
  );
});

describe('a topic that is published to', () => {
  test.each([
    ['5.8.3', 'a', undefined],
    ['5.8.3', '$queue/a/b', undefined], // a topic like any other
    ['5.8.3', '$delayed/10/a/b', { topics: ['a/b'], isAnything: false, named: undefined }],
    ['5.8.3', '$delayed/1/$delayed/2/a', { topics: ['a'], isAnything: false }],
    ['4.4.3', '$delayed/10/a', { topics: ['a'], named: '$delayed/10/a' }],
    ['5.0.9', '$delayed/10/a', { topics: ['a'], named: '$delayed/10/a' }],
    ['5.8.3', '$delayed/1/$delayed/2', { topics: ['$delayed/2'], isAnything: false }],
    ['5.8.3', '$delayed/10', undefined], // no broker sends it on
    ['5.8.3', '$delayed/10/', undefined],
  ])('of EMQX %o that reads %s goes to %o', (version, topic, expected) => {
    const readings = readTopic('publish', topic, version);
    if (expected === undefined) expect(readings).toBeUndefined();
    else expect(readings).toMatchObject(expected);
  });
});

function judge(
  rules: Rule[],
  filter: string,
  version: string,
  action: 'publish' | 'subscribe' = 'subscribe',
) {
  const { verdict, isUnknown } = compileRules(rules)(someone({ clientid: 'c1' }), action, filter, version);
  return verdict ?? (isUnknown ? 'unknown' : '-');
}

const rules: Rule[] = [
  { deny: 'all', topics: 'secret/#' },
  { allow: 'all', topics: 'd-${clientid}/#' },
  { allow: 'subscribe', topics: 'open/#' },
];

describe('a subscription with a prefix', () => {
  test.each([
    // The client chooses the name of a queue to look like one of its own topics.
    ['6.1.1', '$queue/d-c1/secret/#', 'deny'],
    ['6.1.1', '$queue/open/secret/x', 'deny'],
    ['6.1.1', '$queue/open/#', 'deny'],
    ['6.1.1', '$queue/open/+/#', 'deny'],
    ['6.1.1', '$queue/open', 'deny'],
    ['6.1.1', '$share/g/$queue/open/secret/x', 'deny'],
    ['6.1.1', '$exclusive/$queue/open/secret/x', 'deny'],
    ['6.1.1', '$q/secret/x', 'deny'],
    ['6.1.1', '$s/open/secret/x', 'deny'],
    ['6.1.1', '$stream/open/secret/#', 'deny'],
    ['6.1.1', '$exclusive/secret/x', 'deny'],
    ['6.1.1', '$delayed/open/secret/x', 'deny'],
    ['6.1.1', '$queue/secret/open/x', 'deny'], // a shared subscription, if queues are off
    ['6.1.1', '$queue/n/other', '-'],
    ['6.1.1', '$new/open/x', 'deny'], // it may be secret/#
    ['5.8.3', '$queue/open/secret/x', 'allow'], // a shared one: open/secret/x is not secret
    ['5.8.3', '$queue/secret/x', 'deny'],
    ['', '$queue/open/secret/x', 'deny'],
    ['', '$queue/open/#', 'deny'],
    ['', '$queue/secret/open/x', 'deny'],
    ['', '$q/open/x', 'deny'],
    // The effective topic is allowed.
    ['6.1.1', '$queue/jobs/open/x', 'allow'],
    ['6.1.1', '$queue/jobs/d-c1/#', 'allow'],
    ['6.1.1', '$q/open/x', 'allow'],
    ['6.1.1', '$s/earliest/open/x', 'allow'],
    ['6.1.1', '$stream/n/open/x', 'allow'],
    ['6.1.1', '$exclusive/open/x', 'allow'],
    ['', '$queue/open/open/x', 'allow'],
  ])('of EMQX %o, %s: %s', (version, filter, expected) =>
    expect(judge(rules, filter, version)).toBe(expected),
  );

  test('that nobody knows is allowed only by a rule that names the prefix, or by one on every topic', () => {
    expect(judge([{ allow: 'all', topics: ['#', '+/#', 'n/#'] }], '$new/n/a', '6.2.0')).toBe('unknown');
    expect(judge([{ allow: 'all', topics: '$new/+/a' }], '$new/n/a', '6.2.0')).toBe('allow');
    expect(judge([{ allow: 'all', topics: { eq: '$new/n/#' } }], '$new/n/#', '6.2.0')).toBe('allow');
    expect(judge([{ allow: 'all' }], '$new/n/a', '6.2.0')).toBe('allow');
    expect(judge([{ deny: 'all', topics: 'x' }, { allow: 'all' }], '$new/n/a', '6.2.0')).toBe('deny');
    expect(judge([{ deny: 'all', topics: { eq: '#' } }, { allow: 'all' }], '$new/n/a', '6.2.0')).toBe('deny');
    expect(judge([{ allow: 'all', topics: { eq: 'x' } }], '$new/n/a', '6.2.0')).toBe('unknown');
    const named: Rule = { allow: 'all', topics: '$new/#' };
    expect(judge([{ deny: 'all', topics: 'x' }, named], '$new/n/a', '6.2.0')).toBe('allow');
    expect(judge([{ deny: 'all' }, named], '$new/n/a', '6.2.0')).toBe('deny');
    expect(judge([{ deny: 'all', topics: 'x' }, { allow: 'all' }, named], '$new/n/a', '6.2.0')).toBe('deny');
  });

  test('of a queue is allowed by a rule that names the queue, and denied by one that comes before it', () => {
    const jobs: Rule = { allow: 'subscribe', topics: ['$queue/jobs', '$queue/jobs/#'] };
    const secret: Rule = { deny: 'all', topics: 'secret/#' };
    expect(judge([jobs], '$queue/jobs', '6.2.0')).toBe('allow');
    expect(judge([jobs], '$queue/jobs/a/#', '6.2.0')).toBe('allow');
    expect(judge([jobs], '$queue/other/a/#', '6.2.0')).toBe('-');
    expect(judge([secret, jobs], '$queue/jobs/secret/x', '6.2.0')).toBe('deny');
    expect(judge([{ deny: 'all', topics: '$queue/#' }, { allow: 'all' }], '$queue/n/a', '6.2.0')).toBe(
      'deny',
    );
    // To an older broker it is a shared subscription to jobs, which is asked about without the prefix.
    expect(judge([jobs], '$queue/jobs', '5.8.3')).toBe('-');
  });
});

describe('a delayed message', () => {
  test.each([
    ['4.4.3', '$delayed/5/secret/x', 'deny'],
    ['4.4.3', '$delayed/5/d-c1/x', 'allow'],
    ['4.4.3', '$delayed/d-c1/secret/x', 'deny'],
    ['4.4.3', '$delayed/5/other', '-'],
    ['5.8.3', '$delayed/5/secret/x', 'deny'],
    ['5.8.3', '$delayed/5/$delayed/5/secret/x', 'deny'],
    ['', '$delayed/5/secret/x', 'deny'],
  ])('of EMQX %o to %s: %s', (version, topic, expected) =>
    expect(judge(rules, topic, version, 'publish')).toBe(expected),
  );

  test('is denied even where every other topic is allowed', () => {
    const open: Rule[] = [{ deny: 'publish', topics: 'secret/#' }, { allow: 'all' }];
    expect(judge(open, '$delayed/5/secret/x', '4.4.3', 'publish')).toBe('deny');
    expect(judge(open, '$delayed/5/a', '4.4.3', 'publish')).toBe('allow');
  });

  test('may be named by a rule where the broker asks about it as it stands', () => {
    const named: Rule[] = [{ allow: 'publish', topics: '$delayed/+/a' }];
    expect(judge(named, '$delayed/5/a', '4.4.3', 'publish')).toBe('allow');
    expect(judge(named, '$delayed/5/a', '5.8.3', 'publish')).toBe('-');
  });
});
