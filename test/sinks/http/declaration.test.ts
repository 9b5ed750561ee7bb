import { describe, expect, it } from 'vitest';
import { Http } from '../../../src/sinks/http/declaration.ts';
import { problemsOf } from '../problems.ts';

const url = 'https://events.example.com/mqtt';
const problems = (options: object) => problemsOf(Http, { url, ...options });

describe('the section http', () => {
  it('needs a URL and nothing else', () => {
    expect(Http.parse({ url })).toEqual({
      url,
      method: 'POST',
      headers: {},
      batch: false,
      requests: 16,
      timeout: 10_000,
      maxRetryAfter: 60_000,
    });
    expect(problemsOf(Http, {})).toEqual([
      'url: is missing; write a URL such as https://events.example.com/mqtt',
    ]);
  });

  it.each([
    ['ftp://x', /is not a URL/],
    ['https://', /is not a URL/],
    ['https://user:secret@x', /contains a user name or a password; write an authorization header/],
    ['https://x/#a', /has a fragment/],
  ])('does not take the URL %s, and does not repeat it', (url, says) => {
    const [problem = ''] = problems({ url });
    expect(problem).toMatch(says);
    expect(problem).not.toContain('secret');
  });

  it('does not take headers that the sink writes itself, or that are none', () => {
    for (const name of ['Content-Type', 'host', 'ce-id', 'Webhook-Signature', 'transfer-encoding'])
      expect(problems({ headers: { [name]: 'x' } })).toEqual([expect.stringMatching(/^headers/)]);
    expect(problems({ headers: { 'x y': 'x' } })).toHaveLength(1);
    expect(problems({ headers: { Authorization: { env: 'TOKEN' }, 'x-tenant': 'a' } })).toEqual([]);
  });

  it('takes tls with https only', () => {
    expect(problems({ tls: { ca: './ca.pem' } })).toEqual([]);
    expect(problems({ url: 'http://x', tls: true })).toEqual([
      'tls: has no effect with http://; write https://',
    ]);
    expect(problems({ url: 'http://x', tls: false })).toEqual([]);
  });
});
