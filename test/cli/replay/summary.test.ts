import { describe, expect, it } from 'vitest';
import { formatSummary, percentile, type Sample, summarize } from '../../../src/cli/replay/summary.ts';

const sample = (hook: string, duration: number, reply = 'ok', isFailed = false): Sample => ({
  hook,
  duration,
  reply,
  isFailed,
});

describe('a percentile', () => {
  it.each([
    [[], 0.5, 0],
    [[7], 0.5, 7],
    [[7], 0.99, 7],
    [[1, 2], 0.5, 1],
    [[1, 2], 0.51, 2],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4], 0.99, 4],
    [[1, 2, 3, 4], 0, 1],
    [[1, 2, 3, 4], 1, 4],
    [Array.from({ length: 100 }, (_, i) => i + 1), 0.99, 99],
    [Array.from({ length: 101 }, (_, i) => i + 1), 0.99, 100],
  ])('of %j at %d is the nearest rank, %d', (values, part, expected) => {
    expect(percentile(values, part)).toBe(expected);
  });
});

describe('a summary', () => {
  it('of nothing is empty', () => {
    expect(summarize([])).toStrictEqual({ calls: 0, failed: 0, rows: [] });
    expect(formatSummary(summarize([]))).toMatch(/\n\n0 calls: 0 answered, 0 failed$/);
  });

  it('of one call says so', () => {
    expect(formatSummary(summarize([sample('client.connect', 1)]))).toMatch(
      /\n1 call: 1 answered, 0 failed$/,
    );
  });

  it('counts calls, failures and replies of each hook, in the order of their names', () => {
    const samples = [
      sample('message.publish', 3, 'unchanged'),
      sample('client.connect', 5),
      sample('message.publish', 1, 'drop'),
      sample('message.publish', 2, 'status 13: no', true),
      sample('message.publish', 4, 'unchanged'),
    ];
    const { calls, failed, rows } = summarize(samples);
    expect([calls, failed]).toStrictEqual([5, 1]);
    expect(rows.map(({ hook }) => hook)).toStrictEqual(['client.connect', 'message.publish']);
    expect(rows[1]).toMatchObject({ calls: 4, failed: 1, p50: 2, p99: 4, max: 4 });
    expect([...(rows[1]?.replies ?? [])]).toStrictEqual([
      ['unchanged', 2],
      ['drop', 1],
      ['status 13: no', 1],
    ]);
  });

  it('is a table whose columns stand under their titles', () => {
    const lines = formatSummary(
      summarize([
        sample('client.connect', 1),
        sample('message.delivered', 1234.5),
        sample('message.delivered', 1),
      ]),
    ).split('\n');
    expect(lines).toStrictEqual([
      'hook               calls  failed  p50 ms   p99 ms   max ms  replies',
      'client.connect         1       0    1.00     1.00     1.00  1 ok',
      'message.delivered      2       0    1.00  1234.50  1234.50  2 ok',
      '',
      '3 calls: 3 answered, 0 failed',
    ]);
  });

  it('shows the most frequent replies, and how many more there are', () => {
    const replies = ['a', 'b', 'c', 'c', 'd', 'e', 'f', 'c', 'b'];
    const text = formatSummary(summarize(replies.map((reply) => sample('message.publish', 1, reply))));
    expect(text).toContain('3 c, 2 b, 1 a, 1 d, 2 more\n');
  });
});
