import { describe, expect, it } from 'vitest';
import type { CallRow } from '../../../src/inspector/api.ts';
import { compileFilter, type Filter, MAX_FILTER, searchWork } from '../../../src/inspector/filter/filter.ts';

const row: CallRow = {
  seq: 7,
  at: 0,
  ms: 12.5,
  hook: 'client.authorize',
  protocol: 'v3',
  connection: 2,
  node: 'emqx@10.0.0.1',
  clientid: 'sensor-12',
  username: 'alice',
  peerhost: '10.0.0.9',
  topic: 'site/berlin/temp',
  action: 'publish',
  verdict: 'deny',
  by: 'rule 3',
  reason: 'a rule denies it',
  isOnError: false,
  isDuplicate: true,
  isReplay: false,
  lookups: 0,
  events: [{ id: 'e1', type: 'emqx.client.authorize', sinks: { kafka: 'retrying', file: 'delivered' } }],
};

function passes(text: string, overrides: Partial<CallRow> = {}): boolean {
  const filter = compileFilter(text);
  if ('problem' in filter) throw new Error(filter.problem);
  return filter.test({ ...row, ...overrides }, searchWork());
}

describe('a filter', () => {
  it.each([
    ['', true],
    ['   ', true],
    ['hook:client.authorize', true],
    ['hook:authorize', true],
    ['hook:client.*', true],
    ['hook:authenticate', false],
    ['hook:authenticate,authorize', true],
    ['verdict:deny', true],
    ['verdict:allow,pass', false],
    ['-verdict:allow', true],
    ['-verdict:deny', false],
    ['client:sensor-12', true],
    ['client:SENSOR-12', true],
    ['client:sensor-*', true],
    ['client:sensor', false],
    ['user:alice', true],
    ['address:10.0.0.9', true],
    ['topic:site/+/temp', true],
    ['topic:site/#', true],
    ['topic:other/#', false],
    ['node:emqx@*', true],
    ['by:"rule 3"', true],
    ['by:"rule 4"', false],
    ['client:other,sensor-12', true],
    ['client:"other,sensor-12"', false],
    ['at<1', true],
    ['at>1', false],
    ['protocol:v3', true],
    ['ms>12', true],
    ['ms>12.5', false],
    ['ms<13', true],
    ['seq:7', true],
    ['-ms>12', false],
    ['sink:kafka', true],
    ['sink:nats', false],
    ['state:retrying', true],
    ['state:dropped', false],
    ['is:duplicate', true],
    ['is:shadow', false],
    ['is:refused', true],
    ['berlin', true],
    ['munich', false],
    ['-berlin', false],
    ['"a rule"', true],
    ['hook:authorize verdict:deny client:sensor-12 ms>1', true],
    ['hook:authorize verdict:allow', false],
    ['when: ms > 10.0 && topic.startsWith("site/")', true],
    ['when: ms > 10.0 && verdict == "allow"', false],
    ['verdict:deny when: sinks.kafka == "retrying"', true],
    ['verdict:allow when: true', false],
    ['when: clientid.matches("^sensor-[0-9]+$")', true],
  ])('%j on a denied publish: %s', (text, expected) => {
    expect(passes(text)).toBe(expected);
  });

  it('of topics finds one of several filters of a subscription', () => {
    const topic = 'a/b, site/+/temp, c/#';
    expect(passes('topic:site/+/temp', { topic })).toBe(true);
    expect(passes('topic:x/y', { topic })).toBe(false);
  });

  it.each([
    ['colour:red', '"colour:" is not known', 0],
    ['verdict:deny colour:red', '"colour:" is not known', 13],
    ['ms>fast', 'ms> needs a number', 0],
    ['hook>5', '"hook" is not a number', 0],
    ['ms:fast', 'needs a number', 0],
    ['topic:a/#/b', '"#" must be the whole of the last level', 0],
    ['state:lost', 'is not a state', 0],
    ['is:blue', 'is not known', 0],
    ['when: ms >', 'when ', 6],
    ['when:', 'is empty', 5],
    ['when: password == "x"', 'when ', 6],
    [Array.from({ length: 65 }, () => 'x').join(' '), 'more than 64 terms', 128],
    ['x'.repeat(MAX_FILTER + 1), 'is longer than', MAX_FILTER],
  ])('%j is refused with its place', (text, problem, at) => {
    const filter = compileFilter(text);
    expect(filter).toMatchObject({ problem: expect.stringContaining(problem), at });
  });

  it('never throws, whatever is typed', () => {
    for (const text of [
      '"',
      '""',
      '-',
      '-"',
      ':',
      ':::',
      'a:',
      '"a\\',
      '\\',
      '\0',
      'when',
      'when :',
      '(((',
      '-when: true',
      'topic:',
      'hook:,',
    ])
      expect(() => compileFilter(text)).not.toThrow();
  });

  it('shares one budget of conditions over a search, and passes nothing when it is used up', () => {
    const filter = compileFilter(
      'when: reason.matches("(a|b|ab)*c") || [1,2,3,4,5,6,7,8].exists(x, reason.size() == x)',
    ) as Filter;
    const work = searchWork();
    const hostile = { ...row, reason: 'ab'.repeat(30_000) };
    for (let i = 0; i < 1000; i++) filter.test(hostile, work);
    expect(work.conditionWork).toBeLessThanOrEqual(0);
    expect((compileFilter('when: reason.contains("rule")') as Filter).test(row, work)).toBe(false);
  });
});
