import { describe, expect, it } from 'vitest';
import { Redis } from '../../../src/sinks/redis/declaration.ts';
import { problemsOf } from '../problems.ts';

const url = 'redis://redis:6379';
const problems = (options: object) => problemsOf(Redis, { url, ...options });

describe('the section redis', () => {
  it('needs a URL and nothing else', () => {
    expect(Redis.parse({ url })).toEqual({
      url,
      stream: 'mqtt:events',
      create: true,
      replicas: 0,
      timeout: 5000,
    });
  });

  it.each([
    'redis:6379',
    'http://redis',
    'redis://user:secret@redis',
    'redis://redis/x',
    'redis://redis?a=b',
  ])('does not take the URL %s', (url) => {
    const [problem = ''] = problems({ url });
    expect(problem).toMatch(/^url: /);
    expect(problem).not.toContain('secret');
  });

  it('remembers ids for an hour when it is to', () => {
    expect(Redis.parse({ url, dedupe: {} }).dedupe).toEqual({ ttl: 3_600_000 });
    expect(problems({ dedupe: { ttl: '10ms' } })).toHaveLength(1);
  });

  it('takes tls with rediss only', () => {
    expect(problems({ url: 'rediss://redis', tls: { ca: './ca.pem' } })).toEqual([]);
    expect(problems({ tls: { ca: './ca.pem' } })).toEqual([
      'tls: has no effect with redis://; write rediss://',
    ]);
  });
});
